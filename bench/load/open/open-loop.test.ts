/** The open loop against a real server that keeps its own account, in good order and under faults. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Arrivals } from '../../record/types.ts'
import { decodeHistogram } from '../../stats/histogram.ts'
import { namedUsers, startServer, type TestServer } from '../../testing/load-server.ts'
import { runClosedLoop } from '../closed/closed-loop.ts'
import type { LoadReport } from '../job.ts'
import { mergeShares } from '../merge.ts'
import { scheduleOf } from './schedule.ts'
import { runScheduled, type ScheduledOptions } from './scheduled.ts'

const PER_SEC = 500

interface Loaded extends LoadReport {
  arrivals: Arrivals
}

interface Options extends Partial<ScheduledOptions> {
  perSec?: number
  connections?: number
  users?: number
  warmupSec?: number
  measureSec?: number
  drainSec?: number
}

async function load(server: Pick<TestServer, 'url'>, options: Options = {}): Promise<Loaded> {
  const {
    perSec = PER_SEC,
    connections = 20,
    users = 25,
    warmupSec = 0,
    measureSec = 1,
    drainSec = 2,
  } = options
  const load = {
    loop: 'open' as const,
    arrivalsPerSec: perSec,
    spacing: 'poisson' as const,
    connections,
    seed: 3,
  }
  const job = { url: server.url, load, warmupSec, measureSec, drainSec, verifyEvery: 4 }
  const signal = new AbortController().signal
  const share = await runScheduled(job, namedUsers(users), () => {}, { signal, ...options })
  const report = mergeShares(load, [share])
  assert.ok(report.arrivals)
  const { scheduled, ok, error, timeout, lost, inFlight } = report.arrivals.account
  assert.equal(scheduled, ok + error + timeout + lost + inFlight, 'the account closes')
  assert.equal(scheduled, arrivalsIn(load, warmupSec, measureSec), 'nothing of the schedule is missing')
  const samples = decodeHistogram(report.arrivals.histogram).totalCount
  assert.equal(samples, scheduled - lost, 'all but the lost are samples')
  return { ...report, arrivals: report.arrivals }
}

/** Counted from the schedule itself, without a clock. */
function arrivalsIn(rate: Parameters<typeof scheduleOf>[0], warmupSec: number, measureSec: number): number {
  const next = scheduleOf(rate)
  let count = 0
  for (let at = next(); at < (warmupSec + measureSec) * 1e6; at = next()) if (at >= warmupSec * 1e6) count++
  return count
}

const sum = (values: readonly number[]) => values.reduce((whole, value) => whole + value, 0)

test('every arrival is sent once, to all users in turn, and the server counts the same', async (t) => {
  const server = await startServer(t)
  const report = await load(server)
  const { perUser, connections } = await server.account()
  const { account, noticed, meanInFlight, uncorrectedUs, backlogMax, reconnects } = report.arrivals
  assert.deepEqual({ ...account, scheduled: 0 }, { ...account, scheduled: 0, ok: account.scheduled })
  const counts = Object.values(perUser)
  assert.equal(sum(counts), account.scheduled)
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, 'in rotation')
  assert.deepEqual([report.distinctUsers, report.windowSec], [25, 1])
  assert.deepEqual([connections, reconnects, report.errors, report.wrongAnswers], [20, 0, 0, 0])
  assert.ok(noticed > 0.9 * account.scheduled && backlogMax < account.scheduled)
  assert.ok(report.requests > 0.9 * account.scheduled && report.requests <= account.scheduled)
  assert.deepEqual(report.statusCounts, { 200: report.requests })
  assert.equal(sum(report.requestsPerSlice), report.requests)
  const every = report.requests / report.verifiedBodies
  assert.ok(every > 2.5 && every < 6, `one in ${every}`)
  const expected = (report.requests / report.windowSec) * (uncorrectedUs.mean / 1e6)
  assert.ok(Math.abs(meanInFlight / expected - 1) < 0.2, `Little: ${meanInFlight} against ${expected}`)
})

test('requests are as long as those of the closed loop, and bytes are those of the wire', async (t) => {
  const server = await startServer(t)
  const report = await load(server, { users: 10, measureSec: 0.3 })
  const job = { url: server.url, warmupSec: 0, measureSec: 0.2, verifyEvery: 1 }
  const closed = { loop: 'closed' as const, connections: 2 }
  await runClosedLoop({ ...job, load: closed }, namedUsers(10), () => {}, new AbortController().signal)
  const { requestBytes, replyBytes } = await server.account()
  assert.deepEqual([requestBytes.length, replyBytes.length], [1, 1])
  assert.equal(report.bytesSent, report.requests * (requestBytes[0] ?? 0))
  assert.equal(report.bytesReceived, report.requests * (replyBytes[0] ?? 0))
})

test('the warm-up is sent and not counted', async (t) => {
  const server = await startServer(t)
  const { arrivals } = await load(server, { warmupSec: 0.5, measureSec: 0.5 })
  assert.ok(sum(Object.values((await server.account()).perUser)) > 1.5 * arrivals.account.scheduled)
})

for (const mode of ['hanging-up', 'resetting'] as const) {
  test(`${mode}: each request that the server drops is lost, and no other`, async (t) => {
    const server = await startServer(t, mode)
    const { arrivals, errors, wrongAnswers, wrongExamples } = await load(server)
    const { account, reconnects } = arrivals
    const { faults } = await server.account()
    assert.ok(faults > 5)
    assert.deepEqual([account.lost, account.ok, errors], [faults, account.scheduled - faults, faults])
    assert.ok(reconnects <= faults && reconnects >= 0.8 * faults, `${reconnects} for ${faults}`)
    assert.equal(wrongAnswers, 0)
    assert.match(wrongExamples[0] ?? '', mode === 'resetting' ? /ECONNRESET/ : /connection ended/)
  })
}

test('a connection that the server announces to close is replaced, and nothing is lost', async (t) => {
  const server = await startServer(t, 'closing')
  const { arrivals } = await load(server)
  assert.equal(arrivals.account.ok, arrivals.account.scheduled)
  assert.ok(arrivals.reconnects > 5)
  assert.equal((await server.account()).connections, 20 + Math.floor(arrivals.account.scheduled / 50))
})

test('connections are used in turn: none carries more than its share', async (t) => {
  const server = await startServer(t)
  await load(server)
  const { perConnection } = await server.account()
  assert.equal(perConnection.length, 20)
  const mean = sum(perConnection) / perConnection.length
  assert.ok(
    Math.max(...perConnection) <= 1.2 * mean && Math.min(...perConnection) >= 0.8 * mean,
    `${perConnection}`,
  )
})

/** Each connection has its turn every two seconds, and the server ends those that are idle for a fifth of one. */
const seldom = { perSec: 10, measureSec: 3 }

test('connections are replaced before the server finds them idle', async (t) => {
  const server = await startServer(t, 'impatient')
  const { arrivals } = await load(server, { ...seldom, idleMs: 60 })
  const { idledOut, connections } = await server.account()
  assert.deepEqual([idledOut, arrivals.account.ok], [0, arrivals.account.scheduled])
  assert.ok(connections > 3 * 20, `${connections}`)
  assert.deepEqual([arrivals.reconnects, arrivals.backlogMax], [0, 0], 'and nobody waits for that')
})

test('a connection that the server ends while it is idle takes no request with it unseen', async (t) => {
  const server = await startServer(t, 'impatient')
  const { arrivals } = await load(server, seldom)
  const { idledOut, perUser } = await server.account()
  const { account } = arrivals
  assert.ok(idledOut > 5, `${idledOut}`)
  assert.equal(account.ok + account.lost, account.scheduled)
  assert.equal(sum(Object.values(perUser)), account.ok)
})

test('a request that is never answered times out, and is as slow as that', async (t) => {
  const server = await startServer(t, 'hanging')
  const { arrivals, latencyUs, errors } = await load(server, { timeoutMs: 300 })
  const { faults } = await server.account()
  assert.ok(faults > 5)
  assert.deepEqual([arrivals.account.timeout, errors], [faults, faults])
  assert.ok(latencyUs.p99 >= 300_000, `p99 ${latencyUs.p99}`)
  assert.ok(arrivals.uncorrectedUs.max < 300_000)
})

test('what is in flight when the drain ends is in the account and in the latency', async (t) => {
  const server = await startServer(t, 'hanging')
  const { arrivals, latencyUs } = await load(server, { drainSec: 0.2 })
  assert.equal(arrivals.account.inFlight, (await server.account()).faults)
  assert.ok(latencyUs.max >= 900_000, 'the first one has waited since the beginning')
  // Hung requests pile up: on average half of them, beside the few that are answered.
  assert.ok(arrivals.meanInFlight > 0.35 * arrivals.account.inFlight, `${arrivals.meanInFlight}`)
})

test('a reply without a length is lost, with the reason', async (t) => {
  const server = await startServer(t, 'chunked')
  const { arrivals, wrongExamples } = await load(server, { measureSec: 0.3, drainSec: 0.1 })
  assert.ok(arrivals.account.lost > 0)
  assert.equal(arrivals.account.ok, 0)
  assert.match(wrongExamples[0] ?? '', /Transfer-Encoding: chunked/)
})

test('a server that dies and comes back loses what it had in hand, the rest waits for it', async (t) => {
  const server = await startServer(t)
  const loading = load(server, { measureSec: 2, connections: 8 })
  await sleep(600)
  await server.kill()
  await startServer(t, 'right', Number(new URL(server.url).port))
  const { arrivals, requestsPerSlice, latencyUs } = await loading
  const { account } = arrivals
  // A connection that is still accepted while the server goes is lost once more.
  assert.ok(account.lost <= 16 && account.ok + account.lost === account.scheduled, JSON.stringify(account))
  assert.ok((requestsPerSlice[9] ?? 0) > 50, 'it is served again')
  assert.ok(arrivals.backlogMax > 20 && arrivals.reconnects >= 8)
  // A program takes longer than that to start, and one request in a hundred was due before it had.
  assert.ok(latencyUs.p99 - arrivals.uncorrectedUs.p99 > 50_000, 'those who waited are slow')
})

test('a server that is not there leaves the whole account open', async () => {
  const { arrivals, requests, wrongExamples } = await load(
    { url: 'http://127.0.0.1:9' },
    { measureSec: 0.3, drainSec: 0.1 },
  )
  assert.deepEqual([requests, arrivals.account.inFlight], [0, arrivals.account.scheduled])
  assert.match(wrongExamples[0] ?? '', /ECONNREFUSED/)
  // Twenty connections at 10, 20, 40… ms.
  assert.ok(arrivals.reconnects >= 20 && arrivals.reconnects <= 140, `${arrivals.reconnects}`)
})

test('faults leave no trace in the latencies after them', async (t) => {
  const server = await startServer(t, 'troubled-start')
  const { arrivals, latencyUs, wrongAnswers } = await load(server, { perSec: 300, warmupSec: 1 })
  assert.ok((await server.account()).faults > 60)
  assert.deepEqual([arrivals.account.ok, arrivals.reconnects], [arrivals.account.scheduled, 0])
  assert.equal(wrongAnswers, 0)
  // A timer may fire up to a millisecond early; a reply paired with an older request would be far off.
  for (const { p50 } of [latencyUs, arrivals.uncorrectedUs])
    assert.ok(p50 >= 19_000 && p50 < 100_000, `${p50}`)
})

test('arrivals beyond what the connections can carry wait in turn, and that counts', async (t) => {
  const server = await startServer(t, 'slow')
  const { arrivals, latencyUs } = await load(server, { perSec: 130, connections: 2, drainSec: 5 })
  assert.equal(arrivals.account.ok, arrivals.account.scheduled)
  assert.ok(arrivals.backlogMax > 20, `${arrivals.backlogMax}`)
  assert.ok(latencyUs.p50 > 3 * arrivals.uncorrectedUs.p50)
  assert.ok(arrivals.meanInFlight <= 2 && arrivals.meanInFlight > 1, `${arrivals.meanInFlight}`)
  assert.equal((await server.account()).connections, 2)
})

test('a server that stops for a second is seen by all who came meanwhile', async (t) => {
  const server = await startServer(t)
  const loading = load(server, { perSec: 200, measureSec: 3, connections: 4 })
  await sleep(1_000)
  process.kill(server.pid, 'SIGSTOP')
  await sleep(1_000)
  process.kill(server.pid, 'SIGCONT')
  const { arrivals, latencyUs } = await loading
  assert.equal(arrivals.account.ok, arrivals.account.scheduled)
  // A third of the arrivals waits 0 to 1 s: P(L > x) = (1 − x)/3, so x = 0.7 for a tenth.
  assert.ok(latencyUs.p90 > 500_000 && latencyUs.p90 < 900_000, `${latencyUs.p90}`)
  assert.ok(arrivals.uncorrectedUs.p90 < 150_000, `${arrivals.uncorrectedUs.p90}`)
})

test('an aborted job ends at once, and its connections with it', async (t) => {
  const server = await startServer(t)
  const job = { url: server.url, warmupSec: 0, measureSec: 60, verifyEvery: 1 }
  const rate = { arrivalsPerSec: 100, spacing: 'even' as const, connections: 3, seed: 1 }
  const signal = AbortSignal.timeout(300)
  const load = { loop: 'open' as const, ...rate }
  await assert.rejects(
    runScheduled({ ...job, load }, namedUsers(2), () => {}, { signal }),
    { name: 'AbortError' },
  )
  const { repliesAtNs } = await server.account()
  await sleep(100)
  assert.equal((await server.account()).repliesAtNs.length, repliesAtNs.length)
})
