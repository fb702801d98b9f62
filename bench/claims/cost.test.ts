/** Claims about CPU, for each outcome, on runs in which the truth is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { changing, judged, judgedWithLadders, near } from '../testing/claims.ts'
import { failedRecord } from '../testing/synthetic-run.ts'

const resources = (options: Parameters<typeof judged>[1] = {}) =>
  judged('server-resources', { experiments: ['cost'], ...options })

test('server-resources: the ratio that was put in, with its blocks and the trials behind it', () => {
  const { verdict, estimates, evidence, sentence } = resources()
  assert.equal(verdict, 'supported')
  near(estimates[0]?.estimate.value, (148 + 52 - 50) / (81 - 50))
  assert.equal(evidence.length, 5 * 4, 'two controls and two schemes')
  assert.match(sentence, /`session-redis` adds 4\.\d+ times \(4\.\d+ to [45]\.\d+, 5 blocks\) the CPU/)
})

test('server-resources: refuted where both cost the same', () => {
  assert.equal(resources({ model: { 'session-redis': { cpuUs: 81, redisUs: 0 } } }).verdict, 'refuted')
})

test('server-resources: undecided between the thresholds, and says what they are', () => {
  const { verdict, sentence } = resources({ model: { 'session-redis': { cpuUs: 90, redisUs: 0 } } })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /supported needs all of the interval ≥ 1\.5 and refuted all of it ≤ 1\.1/)
})

test('server-resources: two blocks decide nothing, and say so', () => {
  const { verdict, sentence } = resources({ blocks: 2 })
  assert.equal(verdict, 'inconclusive')
  assert.match(
    sentence,
    /the range of 2 blocks\).*; 2 blocks decide nothing, since their range holds the true median in 50 of 100/,
  )
})

test('server-resources: three blocks may decide, and the interval is called a range', () => {
  const { verdict, sentence } = resources({ blocks: 3 })
  assert.equal(verdict, 'supported')
  assert.match(sentence, /the range of 3 blocks\)/)
})

test('server-resources: without a second control nothing is decided', () => {
  const { verdict, sentence } = resources({
    change: (result) => (result.trial.arm.twin ? failedRecord(result) : result),
  })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /the control was not measured twice/)
})

test('server-resources: on a machine whose controls lie apart by as much, nothing is decided', () => {
  const slowTwin = changing(/^cost\/none\/twin$/, ({ cpuUsPerRequest }) => ({
    cpuUsPerRequest: { ...cpuUsPerRequest, replicas: 70 },
  }))
  const equal = { 'session-redis': { cpuUs: 81, redisUs: 0 } }
  const { verdict, sentence } = resources({ change: slowTwin, model: equal })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /two equal arms of this run may differ by as much/)
})

test('server-resources: what a token adds must be something before it is a measure', () => {
  const apart = changing(/^cost\/none\/twin$/, ({ cpuUsPerRequest }) => ({
    cpuUsPerRequest: { ...cpuUsPerRequest, replicas: 51 },
  }))
  const { verdict, sentence } = resources({
    noise: 0,
    change: apart,
    model: { 'jwt-hs256': { cpuUs: 51.2 } },
  })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /could not be told from zero/)
})

test('server-resources: blocks that dropped out and flags are named', () => {
  const { sentence } = resources({
    change: (result) =>
      result.trial.id === 'cost/jwt-hs256@1'
        ? failedRecord(result)
        : changing(/^cost\/session-redis$/, () => ({ warnings: ['tier-not-measured'] }))(result),
  })
  assert.match(sentence, /the range of 4 of 5 blocks\)/)
  assert.match(sentence, /\(flagged `tier-not-measured`\)/)
})

const sites = (session: { cpuUs: number; redisUs: number }, noise?: number) =>
  judgedWithLadders('large-sites', {
    schemes: ['session-redis'],
    closed: { model: { 'session-redis': session }, ...(noise === undefined ? {} : { noise }) },
  })

test('large-sites: supported, with the rate at which one Redis is full', () => {
  const { verdict, estimates, boundary, evidence } = sites({ cpuUs: 148, redisUs: 52 })
  assert.equal(verdict, 'supported')
  near(estimates[0]?.estimate.value, (81 + 19) / (148 + 52 + 19))
  const full = estimates[1]?.estimate
  near(full?.value, 1e6 / 52)
  assert.ok(full && full.lo <= full.value && full.value <= full.hi, JSON.stringify(full))
  assert.match(boundary ?? '', /^the rate: up to about 19,\d{3} requests\/s/)
  assert.equal(evidence.length, 2 * 5 + 2)
})

test('large-sites: refuted where a token saves next to nothing, depends between the thresholds', () => {
  assert.equal(sites({ cpuUs: 80, redisUs: 5 }).verdict, 'refuted')
  const { verdict, boundary } = sites({ cpuUs: 95, redisUs: 11 })
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /requests\/s/)
})

test('large-sites: inconclusive across a threshold, and then without a boundary', () => {
  const { verdict, boundary, sentence } = sites({ cpuUs: 119, redisUs: 11 }, 0.03)
  assert.deepEqual([verdict, boundary], ['inconclusive', null])
  assert.match(sentence, /supported needs all of the interval < 67 % and refuted all of it > 90 %/)
})

test('large-sites: a line that contradicts the rates it was fitted to carries no verdict', () => {
  const bent = (factor: number) =>
    judgedWithLadders('large-sites', {
      schemes: ['session-redis'],
      closed: { model: { 'session-redis': { cpuUs: 148, redisUs: 52 } } },
      change: (result) => withLowestRedis(result, factor),
    })
  assert.equal(bent(1).verdict, 'supported')
  const { verdict, sentence } = bent(2)
  assert.equal(verdict, 'undecided')
  assert.match(
    sentence,
    /off by \d\d % at one of them, and a verdict rests on no line that is off by more than 20 %/,
  )
})

/** Redis took `factor` times as much at the lowest rate of each ladder. */
function withLowestRedis(result: TrialResult, factor: number): TrialResult {
  if (!result.ok) return result
  const lowest = Math.min(...result.rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))
  const rungs = result.rungs.map((rung) => {
    const { utilization } = rung.measurement
    const redis = (utilization.redis ?? 0) * (rung.arrivalsPerSec === lowest ? factor : 1)
    return { ...rung, measurement: { ...rung.measurement, utilization: { ...utilization, redis } } }
  })
  return { ...result, rungs }
}

test('large-sites: undecided without a ladder, and on one with too few rates for a demand', () => {
  assert.equal(judged('large-sites', { experiments: ['cost'] }).verdict, 'undecided')
  const { verdict, sentence } = judgedWithLadders('large-sites', {
    schemes: ['session-redis'],
    ratesPerSec: [1_000, 2_000],
  })
  assert.equal(verdict, 'undecided')
  assert.match(sentence, /too few rates/)
})
