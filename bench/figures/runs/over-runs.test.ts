/** A figure over runs: which of them are one occasion, and when there is an interval. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededNormal } from '../../stats/normal.ts'
import { byOccasion, disjointPairs, type OfRun, overRuns } from './over-runs.ts'

const HOUR_MS = 3_600_000
const at = (hours: number) => new Date(Date.UTC(2026, 0, 2) + hours * HOUR_MS).toISOString()

const figure = (hours: number, value: number, reach = 1): OfRun => {
  return { startedAt: at(hours), value, lo: value - reach, hi: value + reach }
}

test('runs within two hours of each other are one occasion, in whatever order they come', () => {
  const runs = [5, 0, 1.9, 3.8, 8].map((hours) => ({ startedAt: at(hours) }))
  assert.deepEqual(
    byOccasion(runs).map((own) => own.length),
    [4, 1],
  )
  assert.deepEqual(
    byOccasion([0, 2, 4].map((hours) => ({ startedAt: at(hours) }))).map((own) => own.length),
    [1, 1, 1],
  )
  assert.deepEqual(byOccasion([]), [])
})

test('six runs from three occasions have a median with an interval; fewer of either have their range', () => {
  const values = [100, 110, 90, 105, 95, 120]
  const of = (hours: readonly number[]) => overRuns(hours.map((hour, i) => figure(hour, values[i] ?? 0)))
  const whole = of([0, 1, 10, 11, 20, 21])
  assert.deepEqual([whole.ends, whole.runs, whole.occasions, whole.value], ['interval', 6, 3, 102.5])
  assert.ok(whole.lo < 95 && whole.hi > 110, JSON.stringify(whole))
  for (const hours of [
    [0, 10, 20, 30, 40],
    [0, 1, 2, 20, 21, 22],
  ]) {
    const few = of(hours)
    assert.equal(few.ends, 'range')
    assert.deepEqual([few.lo, few.hi], [90, hours.length === 5 ? 110 : 120])
  }
})

test('one run keeps its own interval, and is no interval over runs', () => {
  assert.deepEqual(overRuns([figure(0, 10)]), {
    runs: 1,
    occasions: 1,
    value: 10,
    lo: 9,
    hi: 11,
    ends: 'range',
  })
})

test('on logarithms where all is above zero, else as it is', () => {
  const six = (values: readonly number[], reach: number) =>
    overRuns(values.map((value, i) => figure(10 * i, value, reach)))
  const positive = six([50, 100, 200, 50, 100, 200], 1)
  assert.equal(positive.value, 100)
  assert.ok(Math.abs(positive.lo * positive.hi - 10_000) < 1, 'as far to either side by factors')
  const around = six([-1, 0, 1, -1, 0, 1], 2)
  assert.ok(Math.abs(around.lo + around.hi) < 1e-9)
})

test('made-up runs of a machine that differs from day to day: its figure is held in 94 of 100 cases and more', () => {
  const normal = seededNormal(1)
  let held = 0
  for (let i = 0; i < 1_000; i++) {
    const runs = [0, 1, 10, 11, 20, 21].map((hour) => hour)
    const days = [0, 1, 2].map(() => Math.exp(0.25 * normal()))
    const { lo, hi } = overRuns(
      runs.map((hour) => {
        const value = 200 * (days[Math.floor(hour / 10)] ?? 1) * Math.exp(0.05 * normal())
        return figure(hour, value, 1.96 * 0.05 * value)
      }),
    )
    if (lo <= 200 && 200 <= hi) held++
  }
  assert.ok(held >= 940, `${held}`)
})

test('pairs of intervals that have nothing in common are counted within their figure', () => {
  const of = (...ends: [number, number][]) => ends.map(([lo, hi]) => ({ value: (lo + hi) / 2, lo, hi }))
  assert.deepEqual(disjointPairs([of([0, 1], [2, 3], [1, 2]), of([10, 11], [11, 12])]), {
    pairs: 4,
    disjoint: 1,
  })
})
