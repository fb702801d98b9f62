/** Claims about CPU, for each outcome, on runs in which the truth is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Point, TrialResult } from '../record/types.ts'
import { changing, judged, judgedOverLoad, judgedWithLadders, near } from '../testing/claims.ts'
import type { LadderOptions } from '../testing/synthetic-ladders.ts'
import { failedRecord } from '../testing/synthetic-run.ts'
import type { TurnsOptions } from '../testing/synthetic-turns.ts'

const [SESSION, TOKEN] = ['session-redis', 'jwt-hs256'] as const
const SCHEMES = ['none', SESSION, TOKEN, 'jwt-es256']
const HALF = 500
const base = { schemes: SCHEMES, blocks: 3 }

/** What a session adds as a multiple of the 100 µs that a token adds, at each rate. */
const resources = (
  times: (point: Point) => number,
  options: Partial<Parameters<typeof judgedOverLoad>[2]> = {},
  token = 100,
) =>
  judgedOverLoad(
    'server-resources',
    (scheme, point) =>
      150 +
      (scheme === SESSION ? 100 * times(point) : scheme === TOKEN ? token : scheme === 'none' ? 0 : 200),
    { ...base, ...options },
  )

test('server-resources: supported where it is at all rates, with each rate, the other case and saturation', () => {
  const { verdict, boundary, estimates, evidence, sentence, turnsAtPerSec } = resources(() => 3)
  assert.deepEqual([verdict, boundary, turnsAtPerSec], ['supported', null, null])
  assert.equal(evidence.length, 3 * 4, 'two controls and two schemes')
  assert.match(
    sentence,
    /^of the CPU that `jwt-hs256` adds to a request `session-redis` adds [23]\.\d+ times \([^)]*\) at 100\/s and [23]\.\d+ times \([^)]*\) at 500\/s, with 500 µs of handler work; without handler work it is .*supported at 3 of 3 rates.*; at saturation, where no service runs, [23]\.\d+ times/,
  )
  assert.equal(estimates.length, 2 + 3 + 1 + 2)
  for (const { estimate } of estimates.slice(0, 6)) near(estimate.value, 3, 0.1)
  near(estimates.at(-2)?.estimate.value, 300, 0.1)
})

test('server-resources: refuted where both add the same; the closed loop turns nothing', () => {
  assert.equal(resources(() => 1, { turns: { passes: 8 } }).verdict, 'refuted')
  const { verdict, sentence } = resources(({ perSec }) => (perSec === null ? 1 : 3))
  assert.equal(verdict, 'supported')
  assert.match(sentence, /at saturation, where no service runs, (1\.0|0\.9)/)
})

test('server-resources: depends where the answer turns, with the rates between which it does', () => {
  const { verdict, boundary, turnsAtPerSec } = resources(({ perSec }) => ((perSec ?? 0) >= HALF ? 1 : 3), {
    turns: { passes: 8 },
  })
  assert.equal(verdict, 'depends')
  assert.equal(
    boundary,
    'the rate: supported up to 100 and refuted from 500 requests/s on one replica with 500 µs of handler work; it turns between the two',
  )
  assert.deepEqual(turnsAtPerSec, { lo: 100, hi: 500 })
})

test('server-resources: the case with handler work carries the verdict, and the other stands beside it', () => {
  const { verdict, sentence } = resources(({ handlerUs }) => (handlerUs > 0 ? 3 : 1), {
    turns: { passes: 8 },
  })
  assert.equal(verdict, 'supported')
  assert.match(sentence, /without handler work it is [^;]*refuted at 4 of 4 rates/)
})

test('server-resources: inconclusive between the thresholds, and says at which rates', () => {
  const { verdict, sentence } = resources(() => 1.3, { turns: { passes: 8 } })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /; nothing is decided at 100\/s and 500\/s \(between both thresholds\)/)
})

test('server-resources: a rate that decides nothing is named, and turns nothing', () => {
  const { verdict, sentence } = resources(({ perSec }) => (perSec === 500 ? 1.45 : 3), {
    turns: { handlerUs: [0], ratesPerSec: [100, 500, 1_000], passes: 8 },
  })
  assert.equal(verdict, 'supported')
  assert.match(
    sentence,
    /; nothing is decided at 500\/s \((between both thresholds|the interval reaches across a threshold)\)/,
  )
})

test('server-resources: one rate is no curve', () => {
  const { verdict, sentence } = resources(() => 3, { turns: { ratesPerSec: [500] } })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /; one rate does not tell what it is at others/)
})

test('server-resources: without a second control, or beside two that were told apart, nothing is decided', () => {
  const alone = resources(() => 3, {
    change: (result) => (result.trial.arm.twin ? failedRecord(result) : result),
  })
  assert.equal(alone.verdict, 'inconclusive')
  assert.match(alone.sentence, /\(the control was not measured twice\)/)
  const apart = judgedOverLoad(
    'server-resources',
    (scheme, _, twin) =>
      scheme === SESSION ? 450 : scheme === TOKEN ? 250 : scheme === 'none' ? (twin ? 250 : 150) : 350,
    base,
  )
  assert.equal(apart.verdict, 'inconclusive')
  assert.match(apart.sentence, /\(two equal controls were told apart there\)/)
})

test('server-resources: what a token adds must be something before it is a measure', () => {
  const { verdict, sentence, estimates } = resources(() => 3, {}, 0)
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /not told at 100\/s .*\(what it is compared with was not told from zero\)/)
  assert.deepEqual(
    estimates.map(({ label }) => label),
    [SESSION, TOKEN].map((name) => `auth tax of ${name} at 500/s, with 500 µs of handler work`),
  )
})

test('server-resources: a run of the closed loop alone decides nothing, and says what it found there', () => {
  const { verdict, sentence, estimates } = judged('server-resources', { experiments: ['cost'] })
  assert.equal(verdict, 'undecided')
  assert.deepEqual(estimates, [])
  assert.match(
    sentence,
    /^this run has no cost over load, and saturation, where no service runs, decides nothing: there of the CPU that `jwt-hs256` adds to a request `session-redis` adds 4\.\d+ times \(4\.\d+ to [45]\.\d+, 5 blocks\)$/,
  )
})

test('server-resources: flags of the turns are named', () => {
  const { sentence } = resources(() => 3, {
    change: changing(/^cost\/session-redis$/, () => ({ warnings: ['tier-not-measured'] })),
  })
  assert.match(sentence, /\(flagged `tier-not-measured`\)/)
})

/** Of all that a request takes with a session, `share` with a token. */
const sites = (share: number, ladders: LadderOptions = {}, turns: TurnsOptions = { passes: 8 }) =>
  judgedOverLoad(
    'large-sites',
    (scheme) => (scheme === 'none' ? 200 : scheme === TOKEN ? share * 800 : 800),
    {
      ...base,
      turns: { handlerUs: [0], ratesPerSec: [100, 200, 500], ...turns },
      ladders: { schemes: [SESSION], ...ladders },
    },
  )

test('large-sites: supported, with the rate at which one Redis is full and the cost at each rate', () => {
  const { verdict, estimates, boundary, evidence, sentence } = sites(0.5)
  assert.equal(verdict, 'supported')
  near(estimates[0]?.estimate.value, 0.5, 0.03)
  const full = estimates.at(-1)?.estimate
  near(full?.value, 1e6 / 52)
  assert.ok(full && full.lo <= full.value && full.value <= full.hi, JSON.stringify(full))
  assert.match(boundary ?? '', /^the rate: up to about 19,\d{3} requests\/s/)
  assert.match(sentence, /at 10 times that, .* it takes with `jwt-hs256` 50 % \(\d\d to \d\d\) at 100\/s/)
  assert.equal(evidence.length, 4 * 3 + 2)
})

test('large-sites: refuted where a token saves next to nothing, depends between the thresholds', () => {
  assert.equal(sites(1).verdict, 'refuted')
  const { verdict, boundary } = sites(0.78)
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /^the rate: up to about .* requests\/s one core of Redis/)
})

test('large-sites: depends where the answer turns over the rates', () => {
  const { verdict, boundary, turnsAtPerSec } = judgedOverLoad(
    'large-sites',
    (scheme, { perSec }) =>
      scheme === 'none' ? 200 : scheme === TOKEN ? ((perSec ?? 0) > 300 ? 800 : 400) : 800,
    {
      ...base,
      turns: { handlerUs: [0], ratesPerSec: [100, 200, 500], passes: 8 },
      ladders: { schemes: [SESSION] },
    },
  )
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /^the rate: supported up to 200 and refuted from 500 requests\/s/)
  assert.deepEqual(turnsAtPerSec, { lo: 200, hi: 500 })
})

test('large-sites: inconclusive across a threshold, and then without a boundary', () => {
  const { verdict, boundary, sentence } = sites(0.67)
  assert.deepEqual([verdict, boundary], ['inconclusive', null])
  assert.match(sentence, /nothing is decided at .*\(the interval reaches across a threshold\)/)
})

test('large-sites: a line that contradicts the rates it was fitted to carries no verdict', () => {
  const bent = (factor: number) => sites(0.5, { change: (result) => withLowestRedis(result, factor) })
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

test('large-sites: undecided without a ladder, on one with too few rates for a demand, and without cost over load', () => {
  assert.equal(judged('large-sites', { experiments: ['cost'] }).verdict, 'undecided')
  const few = sites(0.5, { ratesPerSec: [1_000, 2_000] })
  assert.equal(few.verdict, 'undecided')
  assert.match(few.sentence, /too few rates/)
  const { verdict, sentence } = judgedWithLadders('large-sites', { schemes: [SESSION] })
  assert.equal(verdict, 'undecided')
  assert.match(
    sentence,
    /saturation, where no service runs, decides nothing: there of the CPU .* `jwt-hs256` 46 %/,
  )
})
