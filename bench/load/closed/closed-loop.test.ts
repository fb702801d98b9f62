/** The closed loop against a real server that keeps its own account of what happened. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { namedUsers, startServer, type TestServer } from '../../testing/load-server.ts'
import type { Credentials } from '../credentials.ts'
import type { LoadReport } from '../job.ts'
import { logIn } from '../login.ts'
import { mergeShares } from '../merge.ts'
import { runClosedLoop } from './closed-loop.ts'

const CONNECTIONS = 4

interface Loaded extends LoadReport {
  openedAtNs: number
  closedAtNs: number
}

async function load(
  server: Pick<TestServer, 'url'>,
  credentials: Credentials,
  options: { connections?: number; verifyEvery?: number; popularityExponent?: number } = {},
): Promise<Loaded> {
  const { connections = CONNECTIONS, verifyEvery = 1, popularityExponent } = options
  const edges: number[] = []
  const job = {
    url: server.url,
    load: { loop: 'closed' as const, connections, popularityExponent },
    warmupSec: 0.3,
    measureSec: 0.6,
  }
  const share = await runClosedLoop(
    { ...job, verifyEvery },
    credentials,
    () => edges.push(Number(process.hrtime.bigint())),
    new AbortController().signal,
  )
  return { ...mergeShares(job.load, [share]), openedAtNs: edges[0] ?? 0, closedAtNs: edges[1] ?? 0 }
}

test('all users rotate, and the server counts the same replies in the window', async (t) => {
  const server = await startServer(t)
  const report = await load(server, namedUsers(25))
  const { perUser, repliesAtNs } = await server.account()
  assert.equal(report.distinctUsers, 25)
  assert.deepEqual(Object.keys(perUser).sort(), Array.from({ length: 25 }, (_, user) => `user${user}`).sort())
  const inWindow = repliesAtNs.filter((at) => at >= report.openedAtNs && at <= report.closedAtNs).length
  // At either edge each connection can have one reply that is sent and not yet read.
  assert.ok(
    Math.abs(inWindow - report.requests) <= CONNECTIONS,
    `server ${inWindow}, generator ${report.requests}`,
  )
  assert.ok(inWindow < repliesAtNs.length, 'the warm-up sent requests too')
  assert.deepEqual(report.statusCounts, { 200: report.requests })
  assert.equal(
    report.requestsPerSlice.reduce((sum, n) => sum + n),
    report.requests,
  )
  assert.equal(report.requestsPerSlice.filter((n) => n > 0).length, 10)
  assert.equal(report.arrivals, null)
  assert.deepEqual([report.errors, report.wrongAnswers, report.wrongExamples], [0, 0, []])
  assert.ok(report.verifiedBodies >= report.requests - CONNECTIONS)
})

test('popular users are sent more often, by all connections, and each as himself', async (t) => {
  const server = await startServer(t)
  const report = await load(server, namedUsers(50), { popularityExponent: 1 })
  assert.deepEqual([report.errors, report.wrongAnswers, report.distinctUsers], [0, 0, 50])
  const { perUser } = await server.account()
  const all = Object.values(perUser).reduce((sum, n) => sum + n, 0)
  const total = Array.from({ length: 50 }, (_, user) => 1 / (user + 1)).reduce((sum, share) => sum + share)
  for (const user of [0, 1, 9, 49]) {
    const expected = all / (user + 1) / total
    assert.ok(Math.abs((perUser[`user${user}`] ?? 0) - expected) < 6 * Math.sqrt(expected), `user${user}`)
  }
})

test('more connections than users share them', async (t) => {
  const report = await load(await startServer(t), namedUsers(3), { connections: 8 })
  assert.equal(report.distinctUsers, 3)
  assert.equal(report.wrongAnswers, 0)
})

test('users that were not reached inside the window are not counted', async (t) => {
  const report = await load(await startServer(t, 'slow'), namedUsers(1_000))
  const difference = Math.abs(report.distinctUsers - report.requests)
  assert.ok(difference <= CONNECTIONS, `${report.distinctUsers} users, ${report.requests} replies`)
})

test('bytes are those that the server read and wrote', async (t) => {
  const server = await startServer(t)
  const report = await load(server, namedUsers(10))
  const { requestBytes, replyBytes } = await server.account()
  assert.deepEqual([requestBytes.length, replyBytes.length], [1, 1])
  assert.equal(report.bytesSent, report.requests * (requestBytes[0] ?? 0))
  assert.equal(report.bytesReceived, report.requests * (replyBytes[0] ?? 0))
})

// They count and measure nothing: beside each other they count the same.
describe('what is counted', { concurrency: 3 }, () => {
  test('one reply in verifyEvery is verified, and not always the same users', async (t) => {
    const report = await load(await startServer(t), namedUsers(20), { verifyEvery: 10 })
    const every = report.requests / report.verifiedBodies
    assert.ok(every > 7 && every < 14, `one in ${every}`)
  })

  test("another user's reply is a wrong answer, and its example names no credential", async (t) => {
    const server = await startServer(t, 'mixed-up')
    const { credentials } = await logIn({ url: server.url, transport: 'bearer', users: 12, concurrency: 4 })
    const report = await load(server, credentials)
    assert.ok(Math.abs(report.wrongAnswers - report.requests / 20) <= CONNECTIONS, `${report.wrongAnswers}`)
    assert.match(report.wrongExamples[0] ?? '', /^user\d+ was answered as somebody$/)
    assert.doesNotMatch(report.wrongExamples.join(), /secret/)
    assert.ok(report.wrongExamples.length <= 5)
  })

  test('every status but 200 is counted and wrong', async (t) => {
    const report = await load(await startServer(t, 'refusing'), namedUsers(8))
    const { 200: right = 0, 401: refused = 0, 500: failed = 0 } = report.statusCounts
    assert.ok(refused > 0 && failed > 0)
    assert.equal(right + refused + failed, report.requests)
    assert.equal(report.wrongAnswers, refused + failed)
    assert.match(report.wrongExamples.join(), /user3: status 401/)
  })

  test('what the warm-up met is not in the window', async (t) => {
    const server = await startServer(t, 'late')
    const report = await load(server, namedUsers(8))
    assert.ok((await server.account()).repliesAtNs.length > 40)
    assert.deepEqual(report.statusCounts, { 200: report.requests })
  })

  test('a lost reply is an error, and makes no wrong answers of the replies after it', async (t) => {
    const report = await load(await startServer(t, 'hanging-up'), namedUsers(8))
    assert.ok(report.errors > 0)
    assert.ok(
      Math.abs(report.errors - (report.requests + report.errors) / 50) <= CONNECTIONS,
      `${report.errors}`,
    )
    assert.equal(report.wrongAnswers, 0)
    assert.match(report.wrongExamples[0] ?? '', /the connection ended/)
  })

  test('a server that is not there is all errors', async () => {
    const report = await load({ url: 'http://127.0.0.1:9' }, namedUsers(4))
    assert.equal(report.requests, 0)
    assert.ok(report.errors > 0)
    assert.match(report.wrongExamples[0] ?? '', /ECONNREFUSED/)
  })
})

test('latency covers the time that the server took', async (t) => {
  const { latencyUs } = await load(await startServer(t, 'slow'), namedUsers(8))
  // A timer may fire up to a millisecond early.
  assert.ok(latencyUs.p50 >= 19_000 && latencyUs.p50 < latencyUs.p99, `p50 ${latencyUs.p50}`)
  assert.ok(latencyUs.p99 >= 99_000, `p99 ${latencyUs.p99}`)
  assert.ok(latencyUs.mean > latencyUs.p50 && latencyUs.mean < latencyUs.max)
})
