/** What a report says of scaling is what was put into the records. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordsByArm } from '../../figures/records.ts'
import type { Arm, TrialResult } from '../../record/types.ts'
import { BIAS, DEMANDS, syntheticScale } from '../../testing/synthetic-scale.ts'
import { isBent, predict, predicted, predictionErrors } from './predictions.ts'
import { demandLaw, scalability, scaling } from './summary.ts'

const near = (actual: number | undefined, expected: number, share = 1e-6) =>
  assert.ok(
    actual !== undefined && Math.abs(actual / expected - 1) <= share,
    `${actual} is not near ${expected}`,
  )

test('the demand law: each tier serves at most m/D, by hand, and what has no demand limits nothing', () => {
  const replicas = { onePerSec: 500, redisSec: 0.0004, proxySec: 0, redisWasFull: true }
  near(demandLaw(replicas, 4, { redis: 1, proxy: 4 }), 2_000)
  near(demandLaw(replicas, 8, { redis: 1, proxy: 8 }), 1 / 0.0004)
  near(demandLaw({ ...replicas, proxySec: 0.0025 }, 4, { redis: 1, proxy: 4 }), 4 / 0.0025)
  near(demandLaw({ ...replicas, redisSec: 0 }, 100, { redis: 1, proxy: 100 }), 50_000)
  // A quarter of the Redis serves a quarter.
  near(demandLaw(replicas, 8, { redis: 0.25, proxy: 8 }), 625)
  near(demandLaw({ ...replicas, proxySec: 0.0025 }, 4, { redis: 1, proxy: 2 }), 800)
})

test('efficiency is 1 up to where Redis is full, and falls as 1/N from there', async () => {
  const { run, results } = await syntheticScale()
  const points = scaling(recordsByArm(run, results))
  const of = (name: string, n: number) =>
    points.find(({ scheme, replicas }) => scheme === name && replicas === n)?.efficiency?.value
  for (const n of [2, 4, 8]) near(of('jwt-hs256', n), 1)
  near(of('session-redis', 4), 1)
  // 132 µs under the quota against 28 µs of a Redis that has as much: full from 4.71 replicas on.
  near(of('session-redis', 8), (120 * BIAS) / 28 / 8)
  assert.equal(points.filter(({ replicas }) => replicas === 1).length, 0)
})

test('the law, the bias of the quotas and the refusals are found again; USL sees no contention where there is none', async () => {
  const { run, results } = await syntheticScale()
  const found = scalability(recordsByArm(run, results), run)
  assert.deepEqual(found.map(({ scheme }) => scheme).toSorted(), Object.keys(DEMANDS).toSorted())
  const of = (name: string) => found.find(({ scheme }) => scheme === name)
  for (const one of found) near(one.quotaBias?.value, BIAS)
  near(of('session-redis')?.law?.redisFromReplicas?.value, (120 * BIAS) / 28)
  near(of('session-redis')?.law?.redisPerSec?.value, 0.08e6 / 28)
  assert.equal(of('jwt-hs256')?.law?.redisPerSec, null)
  near(of('jwt-hs256')?.usl?.perSecAtOne.value, 0.08e6 / (70 * BIAS))
  assert.ok(Math.abs(of('jwt-hs256')?.usl?.contention.value ?? 1) < 1e-9)
  const { contention, coherency } = of('session-redis')?.usl ?? {}
  assert.ok((contention?.value ?? 0) + (coherency?.value ?? 0) > 0.005, 'a full Redis bends the curve')
  const scattered = of('session-memory')?.scattered ?? []
  assert.deepEqual(
    scattered.map(({ replicas }) => replicas),
    [2, 8],
  )
  near(scattered[0]?.refusedShare.value, 0.5, 1e-3)
  near(scattered[1]?.refusedShare.value, 7 / 8, 1e-3)
  assert.deepEqual(of('session-redis')?.scattered, [])
})

test('predictions rest on what was known, are made once, and hold where the law does', async () => {
  const { run, results, before } = await syntheticScale()
  const predictions = predict(run, before, '2026-01-02T03:04:05.000Z')
  // Two, four and eight replicas, eight with little proxy, and where there is a Redis eight with little of it.
  const withRedis = Object.values(DEMANDS).filter(([, redis]) => redis > 0).length
  assert.equal(predictions.length, 4 * Object.keys(DEMANDS).length + withRedis)
  const held = new Set(run.plan.filter(({ arm }) => arm.heldOut).map(({ arm }) => arm.id))
  for (const { arm, basis, relativeTo } of predictions) {
    assert.ok(held.has(arm))
    assert.equal(relativeTo, `${arm.slice(0, arm.lastIndexOf('/'))}/n1`)
    assert.ok(basis.length > 0 && basis.every((id) => !held.has(id.slice(0, id.indexOf('@')))))
    assert.ok(basis.every((id) => !id.startsWith(`${relativeTo}@`)))
  }
  const known = { ...run, predictions }
  assert.deepEqual(predict(known, before, '2026-01-02T03:05:00.000Z'), [])
  const shown = predicted(known, recordsByArm(run, results))
  assert.equal(shown.length, predictions.length)
  const errors = predictionErrors(shown)
  assert.ok((errors?.worst ?? 1) < 1e-6)
  assert.ok((errors?.count ?? 0) >= Object.keys(DEMANDS).length + withRedis)
  // What the law says of N alone cannot be wrong, and so does not count.
  const plain = shown.filter((one) => !isBent(one)).map((one) => ({ ...one, error: 1 }))
  assert.ok(plain.length > 0)
  assert.equal(predictionErrors([...shown.filter(isBent), ...plain])?.worst, errors?.worst)
  assert.equal(predictionErrors(plain), null)
})

test('a Redis that was not full foretells nothing of one with less, and serves at least what the law says', async () => {
  const { run, before } = await syntheticScale()
  const idle = before.map(
    (result): TrialResult =>
      result.ok ? { ...result, measurement: { ...result.measurement, warnings: [] } } : result,
  )
  const tight = (results: typeof before) =>
    predict(run, results, '2026-01-02T03:04:05.000Z').filter(({ arm }) => arm.endsWith('redis-tight'))
  assert.equal(tight(before).length, Object.values(DEMANDS).filter(([, redis]) => redis > 0).length)
  assert.deepEqual(tight(idle), [])
  const lawOf = (results: typeof before) =>
    scalability(recordsByArm(run, results), run).find(({ scheme }) => scheme === 'session-redis')?.law
  assert.equal(lawOf(before)?.redisWasFull, true)
  assert.equal(lawOf(idle)?.redisWasFull, false)
})

test('an arm that was measured in part is not predicted any more', async () => {
  const { run, results, before } = await syntheticScale()
  const one = results.find(({ trial }) => trial.arm.id === 'replicas/jwt-hs256/n8')
  assert.ok(one)
  const arms = predict(run, [...before, one], '2026-01-02T03:04:05.000Z').map(({ arm }) => arm)
  assert.ok(!arms.includes('replicas/jwt-hs256/n8'))
  assert.ok(arms.includes('replicas/jwt-hs256/n4'))
})

test('what an arm that was held out shows changes no prediction', async () => {
  const { run, results, before } = await syntheticScale({ noise: 0.05 })
  const at = '2026-01-02T03:04:05.000Z'
  const wrong = results.map((result) =>
    before.includes(result) || !result.ok
      ? result
      : { ...result, measurement: { ...result.measurement, throughputPerSec: 1 } },
  )
  const shown = predicted({ ...run, predictions: predict(run, before, at) }, recordsByArm(run, wrong))
  assert.ok(shown.every(({ predicted: { lo, value, hi } }) => lo <= value && value <= hi))
  const truth = predicted({ ...run, predictions: predict(run, before, at) }, recordsByArm(run, results))
  assert.deepEqual(
    shown.map((one) => one.predicted),
    truth.map((one) => one.predicted),
  )
})

test('a machine that is faster for some fleets than for others changes neither ratios nor laws, and is shown', async () => {
  const { run, results } = await syntheticScale()
  const plain = recordsByArm(run, results)
  // Half as fast beside eight replicas, and for the one that is known.
  const paceOf = ({ replicas, variant }: Arm) => (replicas === 8 || variant === 'alone' ? 500 : 1_000)
  const varied = results.map((result): TrialResult => {
    const { arm } = result.trial
    if (!result.ok || arm.quotas === null) return result
    const { measurement } = result
    const [pace, slower] = [paceOf(arm), paceOf(arm) / 1_000]
    const { redis, proxy } = measurement.cpuUsPerRequest
    return {
      ...result,
      measurement: {
        ...measurement,
        throughputPerSec: measurement.throughputPerSec * slower,
        cpuUsPerRequest: {
          ...measurement.cpuUsPerRequest,
          redis: redis && redis / slower,
          proxy: proxy && proxy / slower,
        },
        host: { ...measurement.host, pace },
      },
    }
  })
  const shown = recordsByArm(run, varied)
  const [before, after] = [scaling(plain), scaling(shown)]
  assert.ok(after.length > 0)
  for (const [i, { speedup, efficiency, pace, replicas }] of after.entries()) {
    near(speedup.value, before[i]?.speedup.value ?? 0)
    near(efficiency?.value, before[i]?.efficiency?.value ?? 0)
    near(pace?.value, replicas === 8 ? 0.5 : 1)
    assert.equal(before[i]?.pace, null)
  }
  const multiples = (records: typeof results) =>
    predict(
      run,
      records.filter((_, i) => !isLater(results[i]?.trial.arm)),
      '2026-01-02T03:04:05.000Z',
    ).map(({ value }) => value)
  for (const [i, value] of multiples(varied).entries()) near(value, multiples(results)[i] ?? 0)
  const contention = (records: typeof plain) =>
    scalability(records, run).map(({ usl }) => usl?.contention.value ?? Number.NaN)
  for (const [i, value] of contention(shown).entries())
    assert.ok(Math.abs(value - (contention(plain)[i] ?? 0)) < 1e-6)
})

test('a pacer that shows a third was disturbed, and corrects nothing', async () => {
  const { run, before } = await syntheticScale()
  const shown = (pace: number) =>
    before.map((result): TrialResult => {
      if (!result.ok || !result.trial.arm.quotas) return result
      const isFull = result.trial.arm.variant === 'full-redis'
      const host = { ...result.measurement.host, pace: isFull ? pace : 30_000 }
      return { ...result, measurement: { ...result.measurement, host } }
    })
  const tight = (results: typeof before) =>
    predict(run, results, '2026-01-02T03:04:05.000Z').find(({ arm }) => arm.endsWith('redis-tight'))?.value
  near(tight(shown(9_000)), tight(shown(30_000)) ?? 0)
  near(tight(shown(20_000)), 1.5 * (tight(shown(30_000)) ?? 0))
})

const isLater = (arm: Arm | undefined) => arm?.heldOut || arm?.fleet !== undefined
