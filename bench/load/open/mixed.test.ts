/** Reads with logins and refreshes beside them, against a server with an account of its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer, type TestServer } from '../../testing/load-server.ts'
import { Credentials } from '../credentials.ts'
import type { Issuing } from '../job.ts'
import { logIn } from '../login.ts'
import { mergeShares } from '../merge.ts'
import { WHOLE } from '../shard.ts'
import { runScheduled } from './scheduled.ts'

const READS = 400
/** More than log in meanwhile: to this server a login anew ends what could be refreshed before. */
const USERS = 400
const SEC = 2

async function loaded(server: Pick<TestServer, 'url'>, issuing: Issuing, shards = 1) {
  const load = {
    ...{ loop: 'open' as const, arrivalsPerSec: READS, spacing: 'poisson' as const },
    ...{ connections: 20, seed: 5, popularityExponent: 0.8, issuing },
  }
  const job = { url: server.url, load, warmupSec: 0.2, measureSec: SEC, verifyEvery: 4 }
  const { signal } = new AbortController()
  const all = Array.from({ length: shards }, async (_, index) => {
    const shard = shards === 1 ? WHOLE : { index, of: shards }
    const login = { url: server.url, transport: 'bearer' as const, users: USERS, concurrency: 4, shard }
    const { credentials } = await logIn(login)
    return runScheduled(job, credentials, () => {}, { signal })
  })
  return mergeShares(load, await Promise.all(all))
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)

/** Of a Poisson count, five standard deviations to either side. */
function assertNear(count: number, expected: number, what: string) {
  assert.ok(Math.abs(count - expected) <= 5 * Math.sqrt(expected), `${what}: ${count}, expected ${expected}`)
}

test('each comes at its own rate, is answered, and the account of all of them closes', async (t) => {
  const server = await startServer(t)
  const report = await loaded(server, { loginsPerSec: 60, refreshesPerSec: 90 })
  const { logins, refreshes, perUser } = await server.account()
  const seconds = SEC + 0.2
  assert.ok(report.arrivals)
  assertNear(sum(perUser), READS * seconds, 'reads')
  assertNear(sum(refreshes), 90 * seconds, 'refreshes')
  // One for each user before it, and some for tokens to begin with.
  assertNear(sum(logins) - USERS, 60 * seconds, 'logins')
  assert.equal(report.arrivals.perSec, READS + 60 + 90)
  assertNear(report.arrivals.account.ok, (READS + 60 + 90) * SEC, 'answered')
  assert.equal(report.arrivals.account.ok, report.arrivals.account.scheduled)
  assert.deepEqual([report.wrongAnswers, report.errors], [0, 0])
  assert.ok(report.verifiedBodies > 50)
})

test('several processes share what is issued as they share the reads', async (t) => {
  const server = await startServer(t)
  await loaded(server, { loginsPerSec: 80, refreshesPerSec: 0 }, 3)
  const { logins, refreshes } = await server.account()
  assertNear(sum(logins) - USERS, 80 * (SEC + 0.2), 'logins')
  assert.equal(sum(refreshes), 0)
})

test('a refresh that is refused begins with a login again, and counts as an error', async (t) => {
  const server = await startServer(t, 'tired-of-refreshes')
  const report = await loaded(server, { loginsPerSec: 0, refreshesPerSec: 200 })
  const { logins } = await server.account()
  assert.ok((report.arrivals?.account.error ?? 0) > 0)
  assert.ok(sum(logins) > USERS + (report.statusCounts['401'] ?? 0))
})

test('a login that hands out nothing is a wrong answer', async (t) => {
  const server = await startServer(t, 'empty-handed')
  const load = {
    ...{ loop: 'open' as const, arrivalsPerSec: 1, spacing: 'poisson' as const, connections: 4, seed: 1 },
    issuing: { loginsPerSec: 50, refreshesPerSec: 0 },
  }
  const job = { url: server.url, load, warmupSec: 0, measureSec: 0.5, verifyEvery: 4 }
  const { signal } = new AbortController()
  const share = await runScheduled(job, new Credentials('bearer', 10), () => {}, { signal })
  assert.ok(share.wrongAnswers > 5)
  assert.match(share.wrongExamples[0] ?? '', /hands out nothing/)
})
