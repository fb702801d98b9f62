/** The fit finds exact parameters, is the best of all feasible ones, and goes astray with noise as far as stated. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededNormal } from './normal.ts'
import { quantiles } from './quantiles.ts'
import { fitUsl, type SizePoint, type Usl, uslPeak, uslSize, uslThroughput } from './usl.ts'

const pointsOf = (usl: Usl, sizes: readonly number[]): SizePoint[] =>
  sizes.map((n) => ({ n, perSec: uslThroughput(usl, n) }))

const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 32 }), { minLength: 3, maxLength: 10 })
const orZero = (max: number) => fc.oneof(fc.constant(0), fc.double({ min: 0, max, noNaN: true }))
const law = fc.record({
  perSecAtOne: fc.double({ min: 1, max: 1e5, noNaN: true }),
  contention: orZero(1),
  coherency: orZero(0.1),
})

test('three sizes are enough for exact data, whichever they are', () => {
  fc.assert(
    fc.property(law, sizes, (usl, chosen) => {
      const found = fitUsl(pointsOf(usl, chosen))
      assert.ok(found && Math.abs(found.perSecAtOne / usl.perSecAtOne - 1) < 1e-6)
      assert.ok(Math.abs(found.contention - usl.contention) < 1e-6)
      assert.ok(Math.abs(found.coherency - usl.coherency) < 1e-6)
    }),
  )
})

test('a law by hand: half of the work shared, then pairs that talk', () => {
  assert.equal(uslThroughput({ perSecAtOne: 100, contention: 0.5, coherency: 0 }, 3), 150)
  assert.equal(uslThroughput({ perSecAtOne: 100, contention: 0, coherency: 0.1 }, 5), 500 / 3)
  assert.equal(uslPeak({ perSecAtOne: 100, contention: 0.19, coherency: 0.01 }), 9)
})

test('turned around: the smallest size that serves so much, or none beyond the peak', () => {
  fc.assert(
    fc.property(law, fc.double({ min: 0.01, max: 40, noNaN: true }), (usl, times) => {
      const asked = times * usl.perSecAtOne
      const size = uslSize(usl, asked)
      const peak = uslPeak(usl)
      if (size === null) {
        for (const n of [1, 2, 10, 1_000, 1e6, Math.floor(peak), Math.ceil(peak)])
          if (Number.isFinite(n)) assert.ok(uslThroughput(usl, n) < asked * (1 + 1e-6), `${n}`)
        return
      }
      assert.ok(uslThroughput(usl, size) >= asked * (1 - 1e-6))
      if (size > 1) assert.ok(uslThroughput(usl, size - 1) < asked * (1 + 1e-6))
    }),
  )
})

test('without loss the size is the load over what one serves, rounded up; half shared, twice one is out of reach', () => {
  const free = { perSecAtOne: 100, contention: 0, coherency: 0 }
  assert.deepEqual(
    [50, 100, 101, 1_000].map((perSec) => uslSize(free, perSec)),
    [1, 1, 2, 10],
  )
  const half = { perSecAtOne: 100, contention: 0.5, coherency: 0 }
  assert.deepEqual([uslSize(half, 150), uslSize(half, 200)], [3, null])
})

/** What the fit minimizes: (X/N)²·(N/X − N/X̂)² = (1 − X/X̂)², summed. */
const relativeSquares = (points: readonly SizePoint[], usl: Usl) =>
  points.reduce((sum, { n, perSec }) => sum + (1 - perSec / uslThroughput(usl, n)) ** 2, 0)

test('no feasible law has less squared relative error of N/X, near the fit or far from it, on noisy data', () => {
  const noisy = fc
    .record({ law, sizes, noise: fc.double({ min: 0.001, max: 0.3, noNaN: true }), seed: fc.nat() })
    .map(({ law: usl, sizes: chosen, noise, seed }) => {
      const normal = seededNormal(seed)
      return pointsOf(usl, [1, ...chosen]).map(({ n, perSec }) => ({
        n,
        perSec: perSec * Math.exp(noise * normal()),
      }))
    })
  const factor = fc.double({ min: 0.5, max: 2, noNaN: true })
  const nudge = fc.double({ min: -0.01, max: 0.01, noNaN: true })
  fc.assert(
    fc.property(noisy, law, factor, nudge, nudge, (points, other, scale, some, more) => {
      const found = fitUsl(points)
      assert.ok(found && found.contention >= 0 && found.coherency >= 0 && found.perSecAtOne > 0)
      const error = relativeSquares(points, found)
      const nearby = {
        perSecAtOne: found.perSecAtOne * scale,
        contention: Math.max(0, found.contention + some),
        coherency: Math.max(0, found.coherency + more),
      }
      const far = { ...other, perSecAtOne: found.perSecAtOne * scale }
      for (const rival of [nearby, far])
        assert.ok(error <= relativeSquares(points, rival) * (1 + 1e-9) + 1e-12)
    }),
    { numRuns: 1_000 },
  )
})

test('what would be negative is 0, and the rest is fitted anew', () => {
  const fromReciprocal = (y: (n: number) => number) =>
    fitUsl([1, 2, 3, 4].map((n) => ({ n, perSec: n / y(n) })))
  const noContention = fromReciprocal((n) => 1 - 0.05 * (n - 1) + 0.05 * n * (n - 1))
  assert.ok(noContention && noContention.contention === 0 && noContention.coherency > 0)
  const noCoherency = fromReciprocal((n) => 1 + 0.5 * (n - 1) - 0.05 * n * (n - 1))
  assert.ok(noCoherency && noCoherency.coherency === 0 && noCoherency.contention > 0)
  const superlinear = fitUsl([1, 2.2, 3.6].map((perSec, i) => ({ n: i + 1, perSec })))
  const perSecAtOne = (1 + 1.1 ** 2 + 1.2 ** 2) / (1 + 1.1 + 1.2)
  assert.ok(superlinear && Math.abs(superlinear.perSecAtOne - perSecAtOne) < 1e-12)
  assert.deepEqual([superlinear.contention, superlinear.coherency], [0, 0])
  // N/X = N − 1.5 would have a throughput at one that is below 0.
  const steep = fitUsl([2, 3, 4].map((n) => ({ n, perSec: n / (n - 1.5) })))
  assert.ok(steep && steep.perSecAtOne > 0 && steep.contention >= 0 && steep.coherency >= 0)
})

test('throughput is λ at one, its unit only scales λ, and the peak is where it turns', () => {
  fc.assert(
    fc.property(law, sizes, fc.double({ min: 0.01, max: 100, noNaN: true }), (usl, chosen, scale) => {
      assert.equal(uslThroughput(usl, 1), usl.perSecAtOne)
      const points = pointsOf(usl, chosen)
      const [one, other] = [
        fitUsl(points),
        fitUsl(points.map(({ n, perSec }) => ({ n, perSec: perSec * scale }))),
      ]
      assert.ok(one && other && Math.abs(other.perSecAtOne / (one.perSecAtOne * scale) - 1) < 1e-6)
      assert.ok(Math.abs(one.contention - other.contention) < 1e-6)
      const peak = uslPeak(usl)
      if (usl.coherency < 1e-9) return assert.ok(peak > 1e3 || usl.contention > 0.999)
      for (const beside of [peak * 0.9, peak * 1.1])
        if (beside >= 1) assert.ok(uslThroughput(usl, beside) <= uslThroughput(usl, peak) * (1 + 1e-12))
    }),
  )
})

test('without coherency there is no peak, unless contention makes the second one a loss already', () => {
  assert.equal(uslPeak({ perSecAtOne: 1, contention: 0.1, coherency: 0 }), Number.POSITIVE_INFINITY)
  assert.equal(uslPeak({ perSecAtOne: 1, contention: 1.2, coherency: 0 }), 1)
  assert.equal(uslPeak({ perSecAtOne: 1, contention: 0.5, coherency: 2 }), 1)
})

test('from sizes up to 6 to 16, noise of 1 % errs by 4 to 8 % in the middle and 13 to 20 % at worst, 3 % by more', () => {
  for (const [contention, coherency] of [
    [0.05, 0.005],
    [0.05, 0.001],
    [0.2, 0.01],
  ] as const) {
    const usl = { perSecAtOne: 1_000, contention, coherency }
    within(extrapolationErrors(usl, 0.01), { median: [0.035, 0.085], worst: [0.125, 0.205] })
    within(extrapolationErrors(usl, 0.03), { median: [0.115, 0.205], worst: [0.345, 0.435] })
  }
})

/** Of predicted throughput at 16, over simulated measurements of {1, 2, 3, 4, 6} with relative normal noise. */
function extrapolationErrors(usl: Usl, noise: number): number[] {
  const normal = seededNormal(1)
  return Array.from({ length: 1_000 }, () => {
    const exact = pointsOf(usl, [1, 2, 3, 4, 6])
    const measured = exact.map(({ n, perSec }) => ({ n, perSec: perSec * (1 + noise * normal()) }))
    return Math.abs(uslThroughput(fitUsl(measured) as Usl, 16) / uslThroughput(usl, 16) - 1)
  })
}

/** The middle error, and the one that one in twenty exceeds. */
function within(errors: readonly number[], ranges: Record<'median' | 'worst', [number, number]>): void {
  const [middle, worst] = quantiles(errors, [0.5, 0.95]) as [number, number]
  assert.ok(middle > ranges.median[0] && middle < ranges.median[1], `median ${middle}`)
  assert.ok(worst > ranges.worst[0] && worst < ranges.worst[1], `worst ${worst}`)
}

test('fewer than three sizes fit anything, and are refused; so are sizes and throughput that cannot be', () => {
  assert.equal(fitUsl([]), null)
  assert.equal(fitUsl([1, 2, 2, 1].map((n, i) => ({ n, perSec: 10 + i }))), null)
  for (const bad of [
    { n: 0, perSec: 1 },
    { n: 1, perSec: 0 },
    { n: 1, perSec: Number.NaN },
    { n: Number.NaN, perSec: 1 },
  ])
    assert.throws(
      () => fitUsl([...pointsOf({ perSecAtOne: 1, contention: 0, coherency: 0 }, [1, 2, 3]), bad]),
      RangeError,
    )
})
