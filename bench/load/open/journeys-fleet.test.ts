/** Journeys through whole fleets: what one replica is told, every other one must know. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type SchemeName, schemes } from '../../../servers/scheme.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { openLocalFleet } from '../../fleet/local/local.ts'
import { Credentials } from '../credentials.ts'
import { mergeShares } from '../merge.ts'
import { runScheduled } from './scheduled.ts'

const USERS = 60
const load = { loop: 'journey' as const, connections: 16, journeysPerSec: 40, reads: 4, thinkMs: 10, seed: 3 }

let fleet: Fleet

before(async () => {
  fleet = await openLocalFleet({ log: () => {} })
})
after(() => fleet.close())

/** The control believes what it is told, and remembers it on one replica alone. */
const cases: [SchemeName, replicas: number][] = [
  ['none', 1],
  ['session-memory', 2],
  ['session-redis', 2],
  ['session-redis-tuned', 2],
  ['jwt-hs256', 2],
  ['jwt-cookie', 2],
  ['jwt-denylist', 2],
]

for (const [scheme, replicas] of cases) {
  test(`${scheme}: every journey ends well, and each write is read (${replicas} replicas)`, async () => {
    const { traits } = (await schemes[scheme]()).scheme
    const running = await fleet.start({ scheme, traits, replicas, users: USERS })
    const job = { url: running.url, load, warmupSec: 0, measureSec: 1, verifyEvery: 2 }
    const credentials = new Credentials(traits.transport, USERS)
    const { signal } = new AbortController()
    const share = await runScheduled(job, credentials, () => {}, { signal })
    const { journeys, wrongExamples, verifiedBodies, statusCounts, requests } = mergeShares(load, [share])
    assert.ok(journeys)
    assert.deepEqual([journeys.failed, wrongExamples], [0, []])
    assert.ok(journeys.finished > 20 && verifiedBodies > journeys.finished)
    assert.equal((statusCounts['200'] ?? 0) + (statusCounts['204'] ?? 0), requests)
    const served = Object.values((await running.proxyCounts()) ?? {})
    assert.equal(served.filter((count) => count > 0).length, replicas, 'each replica had its part')
  })
}
