/** Pairing within blocks, and how seldom the rule for "detected" is fooled by noise of a known size. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holm } from './holm.ts'
import { medianInterval } from './median-interval.ts'
import { seededNormal } from './normal.ts'
import {
  type ByBlock,
  detected,
  differences,
  evidenceOfDifferences,
  evidenceOfRatios,
  medianPerBlock,
  ownError,
  ratios,
} from './paired.ts'

const byBlock = (values: readonly number[]): ByBlock => new Map(values.entries())

test('pairs by block number, whatever the order, and drops blocks that one side lacks', () => {
  const a = new Map([
    [2, 30],
    [0, 10],
    [1, 20],
  ])
  const b = new Map([
    [0, 4],
    [2, 10],
    [7, 1],
  ])
  assert.deepEqual(differences(a, b), [6, 20])
  assert.deepEqual(ratios(a, b), [2.5, 3])
  assert.deepEqual(ratios(a, new Map([[1, 0]])), [])
})

test('what a block has in common cancels out of differences and ratios', () => {
  const positive = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(positive, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
      const a = byBlock(values)
      const b = byBlock(values.map((value) => value * factor))
      for (const ratio of ratios(b, a)) assert.ok(Math.abs(ratio - factor) < 1e-9)
      const c = byBlock(values.map((value) => value + factor))
      for (const difference of differences(c, a)) assert.ok(Math.abs(difference - factor) < 1e-6)
    }),
  )
})

test('several values of one block become their median before they are compared', () => {
  const windows = medianPerBlock([
    [1, 10],
    [0, 4],
    [1, 30],
    [1, 20],
  ])
  assert.deepEqual(
    [...windows],
    [
      [1, 20],
      [0, 4],
    ],
  )
  assert.deepEqual(ratios(windows, byBlock([2, 10])), [2, 2])
})

test('evidence of a ratio is that of its logarithm: turned around it is the same', () => {
  // Thousandths: of ratios that differ in their last bit only, the rounding of the logarithm is all that is left.
  const thousandths = fc.integer({ min: 100, max: 10_000 }).map((count) => count / 1_000)
  const ratio = fc.array(thousandths, { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(ratio, (values) => {
      const [one, other] = [evidenceOfRatios(values), evidenceOfRatios(values.map((value) => 1 / value))]
      assert.ok(Math.abs((one.p ?? -1) - (other.p ?? -2)) < 1e-6)
      const apart = Math.abs((one.detectable ?? -1) - (other.detectable ?? -2))
      assert.ok(apart <= Math.max(1e-12, 1e-6 * (one.detectable ?? 0)))
    }),
  )
  assert.deepEqual(evidenceOfRatios([0, 1, 2]), { p: null, detectable: null })
  assert.deepEqual(evidenceOfRatios([2]), { p: null, detectable: null })
  assert.deepEqual(evidenceOfDifferences([2]), { p: null, detectable: null })
})

test('detected needs an interval without the neutral value, a small p, more than the own error, three blocks', () => {
  const effect = { value: 1.2, lo: 1.1, hi: 1.3, n: 5, p: 0.01 }
  assert.equal(detected(effect, 1, 0.1), true)
  assert.equal(detected({ ...effect, lo: 0.99 }, 1, 0.1), false)
  assert.equal(detected({ ...effect, p: 0.05 }, 1, 0.1), false)
  assert.equal(detected({ ...effect, p: null }, 1, 0.1), false)
  assert.equal(detected(effect, 1, 0.25), false)
  assert.equal(detected({ ...effect, n: 2 }, 1, 0.1), false)
  assert.equal(detected(effect, 1, null), false)
  assert.equal(detected({ ...effect, value: 0.8, lo: 0.7, hi: 0.9 }, 1, 0.1), true)
})

test('the own error is the farther end of the interval of two equal arms', () => {
  assert.ok(Math.abs(ownError({ value: 1, lo: 0.9, hi: 1.02 }, 1) - 0.1) < 1e-12)
  assert.equal(ownError({ value: 1, lo: -2, hi: 3 }, 0), 3)
})

test('ten schemes, 13 % noise: equal ones are seldom called different, five blocks mostly see 60 %', () => {
  assert.ok(detectionRate({ blocks: 3, effect: 1, others: 1 }) < 0.005)
  assert.ok(detectionRate({ blocks: 5, effect: 1, others: 1 }) < 0.005)
  assert.ok(detectionRate({ blocks: 5, effect: 1, others: 1.6 }) < 0.01)
  assert.ok(Math.abs(detectionRate({ blocks: 5, effect: 1.6, others: 1 }) - 0.71) < 0.05)
  assert.ok(Math.abs(detectionRate({ blocks: 5, effect: 1.6, others: 1.6 }) - 0.92) < 0.05)
  assert.ok(detectionRate({ blocks: 10, effect: 1.6, others: 1 }) > 0.98)
  assert.ok(detectionRate({ blocks: 3, effect: 1.6, others: 1 }) < 0.2)
})

/**
 * Share of simulated runs in which an arm `effect` times the control is called detected, as a report does it, among
 * eight `others` in its family.
 */
function detectionRate({ blocks, effect, others }: { blocks: number; effect: number; others: number }) {
  const runs = 1_000
  const normal = seededNormal(blocks)
  const arm = (size: number) =>
    byBlock(Array.from({ length: blocks }, () => size * Math.exp(0.13 * normal())))
  let count = 0
  for (let run = 0; run < runs; run++) {
    const [first, second] = [arm(1), arm(1)]
    const control = medianPerBlock([...first, ...second])
    const error = ownError(medianInterval(ratios(second, first)), 1)
    const family = [effect, ...Array.from({ length: 8 }, () => others)].map((size) =>
      ratios(arm(size), control),
    )
    const [p = 1] = holm(family.map((values) => evidenceOfRatios(values).p ?? 1))
    if (detected({ ...medianInterval(family[0] ?? []), n: blocks, p }, 1, error)) count++
  }
  return count / runs
}
