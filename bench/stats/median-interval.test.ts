/** What the intervals promise, and what they cannot with few blocks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { medianInterval, rangeCoverage } from './median-interval.ts'
import { seededNormal } from './normal.ts'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 })
const confidence = fc.double({ min: 0.01, max: 0.99, noNaN: true })

test('lo <= value <= hi inside the range of the values, whatever their order', () => {
  fc.assert(
    fc.property(values, confidence, (sample, share) => {
      const interval = medianInterval(sample, share)
      assert.deepEqual(interval, medianInterval(sample.toReversed(), share))
      assert.ok(interval.lo <= interval.value && interval.value <= interval.hi)
      assert.ok(Math.min(...sample) <= interval.lo && interval.hi <= Math.max(...sample))
    }),
  )
})

test('turned around, the interval turns around', () => {
  fc.assert(
    fc.property(values, (sample) => {
      const { lo, hi } = medianInterval(sample)
      const turned = medianInterval(sample.map((value) => -value))
      assert.ok(Math.abs(turned.lo + hi) <= 1e-9 * Math.max(1, Math.abs(hi)))
      assert.ok(Math.abs(turned.hi + lo) <= 1e-9 * Math.max(1, Math.abs(lo)))
    }),
  )
})

test('up to five blocks the interval is exactly the range of the values', () => {
  const upToFive = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(upToFive, (sample) => {
      const { lo, hi } = medianInterval(sample)
      assert.deepEqual([lo, hi], [Math.min(...sample), Math.max(...sample)])
    }),
  )
})

test('by hand: ten blocks lie from 0.34 of the way between the 2nd and 3rd value to the mirror of it', () => {
  const { lo, value, hi } = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  // Ranks 2 to 9 hold the median in 97.85 % of cases, 3 to 8 in 89.06 %: I = 0.3246, λ = 8I ÷ (2 + 6I).
  const inner = (1_002 / 1_024 - 0.95) / (90 / 1_024)
  const share = (8 * inner) / (2 + 6 * inner)
  assert.equal(value, 5.5)
  assert.ok(Math.abs(lo - (2 + share)) < 1e-9 && Math.abs(hi - (9 - share)) < 1e-9)
})

test('one block has no interval; more blocks and less confidence narrow it, without an end to n', () => {
  assert.deepEqual(medianInterval([42]), { value: 42, lo: 42, hi: 42 })
  const width = (n: number, share: number) => {
    const { lo, hi } = medianInterval(samples.lognormal(n, 5), share)
    return hi - lo
  }
  assert.ok(width(100, 0.95) < width(9, 0.95))
  assert.ok(width(5_000, 0.95) < width(100, 0.95))
  assert.ok(width(30, 0.5) < width(30, 0.95))
})

test('95 % intervals hold the true median in 93 to 97 % of cases from five blocks on, even or lopsided', () => {
  for (const n of [5, 6, 7, 8, 10, 15]) {
    for (const shape of ['normal', 'lognormal'] as const) {
      const share = coverage(n, shape, (interval) => interval)
      assert.ok(share > 0.93 && share < 0.97, `${n} ${shape} values: ${share}`)
    }
  }
})

test('the same check fails for intervals that are a fifth too narrow', () => {
  const narrowed = coverage(10, 'normal', ([lo, hi]) => [lo + 0.1 * (hi - lo), hi - 0.1 * (hi - lo)])
  assert.ok(narrowed < 0.93, `${narrowed}`)
})

test('below five blocks they hold it as often as `rangeCoverage` says', () => {
  assert.equal(rangeCoverage(5), 0.9375)
  for (const n of [2, 3, 4]) {
    const share = coverage(n, 'lognormal', (interval) => interval)
    assert.ok(Math.abs(share - rangeCoverage(n)) < 0.025, `${n}: ${share}`)
  }
})

/** Both with median 0 after the logarithm, or as they are. */
const samples = {
  normal: (n: number, seed: number) => Array.from({ length: n }, seededNormal(seed)),
  lognormal: (n: number, seed: number) => samples.normal(n, seed).map((value) => Math.exp(0.5 * value)),
}
const TRUE_MEDIAN = { normal: 0, lognormal: 1 }

function coverage(
  n: number,
  shape: keyof typeof samples,
  change: (ends: [number, number]) => [number, number],
): number {
  const runs = 3_000
  const all = samples[shape](n * runs, n)
  const held = Array.from({ length: runs }, (_, i) => {
    const { lo, hi } = medianInterval(all.slice(i * n, (i + 1) * n))
    const [from, to] = change([lo, hi])
    return from <= TRUE_MEDIAN[shape] && TRUE_MEDIAN[shape] <= to
  })
  return held.filter(Boolean).length / runs
}
