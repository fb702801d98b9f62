/** The claim about connect-redis, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Warning } from '../record/types.ts'
import { changing, judged, judgedWithLadders, near } from '../testing/claims.ts'
import type { SyntheticOptions } from '../testing/synthetic-run.ts'

const faster = (options: SyntheticOptions = {}) =>
  judged('redis-faster', { experiments: ['cost'], ...options })
const flagging = (arm: RegExp, ...warnings: Warning[]) => changing(arm, () => ({ warnings }))
const FASTER = { model: { 'session-redis': { cpuUs: 50 } } }

test('refuted, supported, and inconclusive inside the own error', () => {
  const { verdict, estimates, evidence } = faster()
  assert.equal(verdict, 'refuted')
  near(estimates[0]?.estimate.value, 61 / 148)
  assert.equal(evidence.length, 10)
  assert.equal(faster(FASTER).verdict, 'supported')
  const noisy = faster({ noise: 0.1, model: { 'session-redis': { cpuUs: 63 } } })
  assert.equal(noisy.verdict, 'inconclusive')
})

test('a throughput that something held down proves only what it still can', () => {
  const idleRedis = flagging(/^cost\/session-redis$/, 'replica-not-saturated')
  const slower = faster({ change: idleRedis })
  assert.equal(slower.verdict, 'inconclusive', 'it could have been faster')
  assert.match(
    slower.sentence,
    /with `session-redis` something other than the replica held the throughput down/,
  )
  assert.equal(faster({ ...FASTER, change: idleRedis }).verdict, 'supported', 'it is faster even so')
  const fullLoad = flagging(/^cost\/session-memory$/, 'generator-saturated')
  assert.equal(faster({ change: fullLoad }).verdict, 'refuted', 'the other would be faster still')
  assert.equal(faster({ ...FASTER, change: fullLoad }).verdict, 'inconclusive')
})

test('a Redis that is full on CPUs of its own is the scheme’s own limit', () => {
  const full = flagging(/^cost\/session-redis$/, 'replica-not-saturated', 'redis-saturated')
  assert.equal(faster({ change: full }).verdict, 'refuted')
})

test('p99 stands beside it at the highest rate that both kept, with its trials', () => {
  const { sentence, estimates, evidence } = judgedWithLadders('redis-faster', {
    schemes: ['session-memory', 'session-redis'],
    ratesPerSec: [1_000, 4_000, 8_000],
  })
  assert.match(sentence, /; p99 at 4,000 arrivals\/s is 1\.9\d[^;]* against < 1 ms/)
  assert.equal(estimates.length, 3)
  assert.ok(evidence.includes('latency/session-memory@0'))
})

test('undecided without the experiment', () => {
  assert.equal(faster({ experiments: ['users'] }).verdict, 'undecided')
})
