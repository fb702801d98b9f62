/** A login storm against a server with an account of its own. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Traits } from '../../../servers/scheme.ts'
import { startServer, type TestServer } from '../../testing/load-server.ts'
import { Credentials } from '../credentials.ts'
import type { LoadReport } from '../job.ts'
import { mergeShares } from '../merge.ts'
import type { Mode } from '../users-server.fixture.ts'
import { runScheduled } from './scheduled.ts'

const CONNECTIONS = 4

interface Options {
  transport?: Traits['transport']
  users?: number
  warmupSec?: number
  requests?: 'login' | 'refresh'
}

async function storm(
  server: Pick<TestServer, 'url'>,
  { transport = 'bearer', users = 30, warmupSec = 0.2, requests = 'login' }: Options = {},
): Promise<LoadReport> {
  const load = { loop: 'closed' as const, connections: CONNECTIONS, requests }
  const job = { url: server.url, load, warmupSec, measureSec: 0.6, verifyEvery: 4 }
  const { signal } = new AbortController()
  const share = await runScheduled(job, new Credentials(transport, users), () => {}, { signal })
  return mergeShares(load, [share])
}

const start = (t: TestContext, mode?: Mode) => startServer(t, mode)
const sum = (values: readonly number[]) => values.reduce((whole, value) => whole + value, 0)

for (const transport of ['none', 'cookie', 'bearer'] as const) {
  test(`all users log in in turn, and what they get is theirs (${transport})`, async (t) => {
    const server = await start(t)
    const report = await storm(server, { transport })
    const { logins, perUser, connections } = await server.account()
    const counts = Object.values(logins)
    assert.equal(counts.length, 30)
    assert.ok(Math.max(...counts) <= 2 * Math.min(...counts), 'in rotation')
    assert.ok(sum(counts) > report.requests && report.requests > 100, 'the ramp is not counted')
    assert.deepEqual(report.statusCounts, { 200: report.requests })
    assert.deepEqual(
      [report.errors, report.wrongAnswers, report.arrivals, report.distinctUsers],
      [0, 0, null, 30],
    )
    assert.equal(sum(Object.values(perUser)), report.verifiedBodies, 'each of the sample is tried once')
    const every = report.requests / report.verifiedBodies
    assert.ok(every > 2.5 && every < 6, `one in ${every}`)
    // One connection more tries the sample.
    assert.equal(connections, CONNECTIONS + 1)
    const inFlight = (report.requests / report.windowSec) * (report.latencyUs.mean / 1e6)
    assert.ok(Math.abs(inFlight / CONNECTIONS - 1) < 0.1, `Little: ${inFlight}`)
  })
}

// Most of it is waiting for a server that says nothing.
describe('wrong answers', { concurrency: 2 }, () => {
  test('a credential that belongs to somebody else is a wrong answer', async (t) => {
    const report = await storm(await start(t, 'mixed-up'))
    assert.ok(report.wrongAnswers > 0)
    assert.match(report.wrongExamples[0] ?? '', /^user\d+ was answered as somebody$/)
  })

  test('a login that hands out nothing is a wrong answer', async (t) => {
    const report = await storm(await start(t, 'empty-handed'))
    assert.ok(report.wrongAnswers > 0 && report.verifiedBodies === 0)
    assert.match(report.wrongExamples[0] ?? '', /hands out nothing/)
  })

  test('logins over new connections or TLS are refused, not sent otherwise', async () => {
    const load = { loop: 'closed' as const, connections: 1, requests: 'login' as const }
    const job = { url: 'http://127.0.0.1:9', load, warmupSec: 0, measureSec: 1, verifyEvery: 1 }
    const run = (over: object) =>
      runScheduled({ ...job, ...over }, new Credentials('none', 1), () => {}, {
        signal: new AbortController().signal,
      })
    await assert.rejects(run({ load: { ...load, reuse: 'new' } }), { code: 'LOAD_NOT_POSSIBLE' })
    await assert.rejects(run({ url: 'https://127.0.0.1:9' }), { code: 'LOAD_NOT_POSSIBLE' })
  })

  test('a refused login is counted by its status, and wrong', async (t) => {
    const { statusCounts, wrongAnswers, requests } = await storm(await start(t, 'unknown-user'))
    assert.ok((statusCounts['401'] ?? 0) > 0)
    assert.equal(wrongAnswers, statusCounts['401'])
    assert.equal((statusCounts['200'] ?? 0) + wrongAnswers, requests)
  })

  test('a server that hangs when the sample is tried ends the check at its first reply that is missing', async (t) => {
    const report = await storm(await start(t, 'hanging'), { users: 300 })
    assert.ok(report.verifiedBodies < 60)
    assert.match(report.wrongExamples[0] ?? '', /a credential got no answer: no reply within/)
  })
})

test('logins begin one after the other over the ramp', async (t) => {
  const server = await start(t)
  const asked = storm(server, { warmupSec: 3 })
  await sleep(1_200)
  const { connections, logins } = await server.account()
  await asked
  // Each connection has users of its own; two of four have begun after two fifths of the ramp.
  assert.equal(connections, CONNECTIONS)
  const lanes = new Set(Object.keys(logins).map((user) => Number(user.slice(4)) % CONNECTIONS))
  assert.deepEqual(lanes, new Set([0, 1]))
})

test('each connection logs one user in and trades its refresh tokens, each once', async (t) => {
  const server = await start(t)
  const report = await storm(server, { requests: 'refresh', users: CONNECTIONS })
  const { logins, refreshes } = await server.account()
  assert.deepEqual(logins, { user0: 1, user1: 1, user2: 1, user3: 1 })
  assert.deepEqual([report.wrongAnswers, report.errors, report.distinctUsers], [0, 0, CONNECTIONS])
  assert.deepEqual(report.statusCounts, { 200: report.requests })
  assert.ok(report.requests > 100 && sum(Object.values(refreshes)) >= report.requests)
  assert.ok(report.verifiedBodies > 0)
})

test('a refused refresh is wrong, and its user logs in again', async (t) => {
  const server = await start(t, 'tired-of-refreshes')
  const { statusCounts, wrongAnswers } = await storm(server, {
    requests: 'refresh',
    users: CONNECTIONS,
    warmupSec: 0,
  })
  assert.ok((statusCounts['401'] ?? 0) > 0)
  assert.ok(wrongAnswers >= (statusCounts['401'] ?? 0))
  const { logins } = await server.account()
  assert.ok((logins.user0 ?? 0) > 1)
})
