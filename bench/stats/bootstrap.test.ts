/** Whole processes are drawn: such intervals hold the truth where those over single values do not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clusterInterval, clusterIntervals } from './bootstrap.ts'
import { seededNormal } from './normal.ts'
import { median, quantile } from './quantiles.ts'
import { line, type Point } from './regression.ts'

const cluster = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 })
const clusters = fc.array(cluster, { minLength: 1, maxLength: 8 })
const slopeOf = (points: readonly Point[]) => line(points)?.slope ?? Number.NaN

test('lo <= value <= hi, the same for the same seed, and the value is that of all values together', () => {
  fc.assert(
    fc.property(clusters, fc.nat(), (groups, seed) => {
      const interval = clusterInterval(groups, median, { seed, resamples: 100 })
      assert.deepEqual(interval, clusterInterval(groups, median, { seed, resamples: 100 }))
      assert.equal(interval.value, median(groups.flat()))
      assert.ok(interval.lo <= interval.value && interval.value <= interval.hi)
    }),
    { numRuns: 50 },
  )
})

test('several statistics of the same resamples have the intervals that each has by itself', () => {
  const upper = (values: readonly number[]) => quantile(values, 0.9)
  const both = (values: readonly number[]) => ({ median: median(values), upper: upper(values) })
  fc.assert(
    fc.property(clusters, fc.nat(), (groups, seed) => {
      const options = { seed, resamples: 100 }
      assert.deepEqual(clusterIntervals(groups, both, options), {
        median: clusterInterval(groups, median, options),
        upper: clusterInterval(groups, upper, options),
      })
    }),
    { numRuns: 20 },
  )
})

test('what few processes give again and again is worked out once for each order in which they are drawn', () => {
  const asked: string[] = []
  const first = (values: readonly number[]) => {
    asked.push(values.join())
    return values[0] ?? Number.NaN
  }
  const { lo, hi } = clusterInterval([[1], [3]], first, { seed: 1 })
  assert.deepEqual([lo, hi], [1, 3])
  // The first is that of all values together.
  assert.deepEqual(asked.slice(1).sort(), ['1,1', '1,3', '3,1', '3,3'])
})

test('a single process has no interval, however many values it has; processes without values are none', () => {
  const alone = { value: 2, lo: 2, hi: 2 }
  assert.deepEqual(clusterInterval([[1, 2, 3]], median, { seed: 1 }), alone)
  assert.deepEqual(clusterInterval([[], [1, 2, 3], []], median, { seed: 1 }), alone)
})

test('two processes give the range between them', () => {
  const { lo, hi } = clusterInterval([[1], [3]], median, { seed: 1 })
  assert.deepEqual([lo, hi], [1, 3])
})

test('resamples without a statistic are left out while they are few, and refused when they are many', () => {
  const point = (x: number): Point[] => [[x, 2 * x]]
  const { value, lo, hi } = clusterInterval([point(1), point(2), point(3)], slopeOf, { seed: 1 })
  for (const found of [value, lo, hi]) assert.ok(Math.abs(found - 2) < 1e-9)
  assert.throws(() => clusterInterval([point(1), point(2)], slopeOf, { seed: 1 }), /have a finite statistic/)
  assert.throws(() => clusterInterval([point(1)], slopeOf, { seed: 1 }), RangeError)
  assert.throws(() => clusterInterval([[], []], median, { seed: 1 }), RangeError)
})

test('95 % intervals of a median hold the truth in 93 to 97 % of cases at ten processes', () => {
  const share = coverage(medianOf, (groups) => groups)
  assert.ok(share > 0.93 && share < 0.97, `${share}`)
})

test('drawing single values instead, as if each were a process, holds it in far fewer', () => {
  // Far from the bound: a few cases decide it.
  const share = coverage(medianOf, (groups) => groups.flat().map((value) => [value]), 150)
  assert.ok(share < 0.8, `${share}`)
})

test('95 % intervals of a slope hold the truth in 93 to 97 % of cases at ten processes', () => {
  const share = coverage(slopeOf, (groups) => groups)
  assert.ok(share > 0.93 && share < 0.97, `${share}`)
})

function medianOf(points: readonly Point[]): number {
  return median(points.map(([x, y]) => y / x))
}

/** Share of simulated experiments whose interval holds the truth 1; ten processes differ by 13 %, their values by 5 %. */
function coverage(
  statistic: (points: readonly Point[]) => number,
  clustered: (groups: Point[][]) => Point[][],
  runs = 500,
): number {
  const normal = seededNormal(4)
  const held = Array.from({ length: runs }, (_, seed) => {
    const groups = Array.from({ length: 10 }, () => {
      const own = 1 + 0.13 * normal()
      return [1, 2, 3, 4].map((x): Point => [x, x * (own + 0.05 * normal())])
    })
    const { lo, hi } = clusterInterval(clustered(groups), statistic, { seed, resamples: 500 })
    return lo <= 1 && 1 <= hi
  })
  return held.filter(Boolean).length / runs
}
