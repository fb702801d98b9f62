/** How many round trips a read waits for, in a made-up run where that is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trialResultSchema } from '../../record/schema/trial.ts'
import type { TrialResult } from '../../record/types.ts'
import { renderReport } from '../../report/index.ts'
import { summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { ROUND_TRIPS, syntheticDistance } from '../../testing/synthetic-axes.ts'

const { run, results } = syntheticDistance(
  await planOptions({ profile: 'full', trials: 5, rates: [500, 1_000] }),
)
const summary = summarize(run, results)
const report = renderReport(run, summary)
const of = (scheme: string, oneByOne = false) =>
  summary.distance.find((entry) => entry.scheme === scheme && entry.oneByOne === oneByOne) ??
  assert.fail(scheme)

test('the slope of p50 is the number of round trips, one estimate over the blocks', () => {
  for (const [scheme, trips] of Object.entries(ROUND_TRIPS)) {
    const { roundTripsPerRead: found } = of(scheme)
    assert.ok(found && Math.abs(found.value - trips) < 0.01, `${scheme}: ${found?.value}`)
    assert.equal(found.n, 5)
  }
  for (const scheme of ['session-redis-tuned', 'jwt-denylist']) {
    const { roundTripsPerRead: found, levels } = of(scheme, true)
    assert.ok(found && Math.abs(found.value - 1) < 0.01, `${scheme}, one by one: ${found?.value}`)
    assert.deepEqual(
      levels.map(({ roundTripMs }) => roundTripMs),
      [0, 50],
    )
  }
  for (const scheme of ['none', 'jwt-hs256']) assert.equal(of(scheme).roundTripsPerRead, null)
})

test('levels come by distance; without Redis there is one, with none', () => {
  assert.deepEqual(
    of('session-redis').levels.map(({ roundTripMs }) => roundTripMs),
    [0, 0.5, 1, 5, 50],
  )
  assert.deepEqual(
    of('jwt-hs256').levels.map(({ roundTripMs, rungs }) => [roundTripMs, rungs.length]),
    [[null, 2]],
  )
  const [nearest] = of('session-redis').levels
  assert.deepEqual(
    nearest?.servingCpuUs.map(({ arrivalsPerSec, estimate }) => [arrivalsPerSec, estimate.n]),
    [
      [500, 5],
      [1_000, 5],
    ],
  )
  assert.equal(nearest?.closedLoopPerSec?.n, 5)
})

test('what a gate rejected is in no figure', () => {
  const slow = (result: TrialResult): TrialResult => {
    if (!result.ok || result.trial.arm.settings.redisRoundTripMs !== 50) return result
    const rungs = result.rungs.map((rung) => ({ ...rung, rejectedBy: ['steal' as const] }))
    return { ...result, rungs }
  }
  const found = summarize(run, results.map(slow)).distance.find(({ scheme }) => scheme === 'session-redis')
  assert.deepEqual(
    found?.levels.map(({ rungs }) => rungs.length),
    [2, 2, 2, 2, 0],
  )
  assert.ok(Math.abs((found.roundTripsPerRead?.value ?? 0) - 2) < 0.1)
})

test('the ladders of other experiments stay out of `latency` and `demand`', () => {
  assert.deepEqual(summary.latency, [])
  assert.deepEqual(summary.demand, [])
  assert.deepEqual(summary.arms, [])
})

test('section and chart name the round trips in words, and say what waits for none', () => {
  const text = report['report.md'] ?? ''
  assert.match(text, /## Distance to Redis/)
  assert.match(text, /- `session-redis`: two round trips, slope 2\.00 \(/)
  assert.match(text, /- `jwt-denylist`: 1\.5 round trips, slope 1\.50 \(/)
  assert.match(text, /- `jwt-denylist`, its commands one by one: one round trip, slope 1\.00 \(/)
  assert.match(text, /\| session-redis \| 0\.5 \|/)
  assert.match(text, /\| jwt-hs256 \| – \|/)
  const svg = report['charts/distance.svg'] ?? assert.fail('no chart')
  assert.ok(svg.includes('session-redis: two round trips') && svg.includes('none: no Redis'))
  for (const output of [text, svg]) assert.doesNotMatch(output, /NaN|undefined|Infinity/)
})

test('records and summary are as their schemas have them', () => {
  for (const result of results.slice(0, 20)) assert.deepEqual(trialResultSchema.parse(result), result)
  assert.deepEqual(summarySchema.parse(summary), summary)
})
