/** Quantiles against values worked out by hand for type 7, and the properties that any quantile has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { median, quantile, trimmedMean, trimmedMeanOf } from './quantiles.ts'

const sample = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

test('type 7: position 1 + (n − 1)p, linear in between', () => {
  assert.equal(quantile([40, 10, 20, 30], 0.25), 17.5)
  assert.equal(quantile([40, 10, 20, 30], 0.9), 37)
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([1, 2, 10, 20]), 6)
  assert.equal(median([7]), 7)
})

test('sorts as numbers, not as text', () => {
  assert.equal(median([100, 9, 20]), 20)
})

test('lies within the sample, grows with p, ignores order, follows shifts and scales', () => {
  fc.assert(
    fc.property(sample, share, share, (values, p, q) => {
      const [low, high] = [quantile(values, Math.min(p, q)), quantile(values, Math.max(p, q))]
      assert.ok(low >= Math.min(...values) && high <= Math.max(...values))
      assert.ok(low <= high + 1e-6)
      assert.equal(quantile(values.toReversed(), p), quantile(values, p))
      const moved = quantile(
        values.map((v) => 2 * v + 3),
        p,
      )
      assert.ok(Math.abs(moved - (2 * quantile(values, p) + 3)) < 1e-4)
    }),
  )
})

test('refuses what has no quantile', () => {
  assert.throws(() => quantile([], 0.5), RangeError)
  assert.throws(() => quantile([1, Number.NaN], 0.5), RangeError)
  assert.throws(() => quantile([1], 1.1), RangeError)
})

test('a trimmed mean leaves as many values out at either end, whatever their order', () => {
  assert.equal(trimmedMean([100, 1, 2, 3, -50], 0.2), 2)
  assert.equal(trimmedMean([5, 1], 0.25), 3, 'nothing of two')
})

test('that of drawn clusters is that of all their values, to the last digit', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 6 }), fc.array(fc.nat()), (clusters, choices) => {
      const drawn = [0, ...choices.map((one) => one % clusters.length)]
      const values = drawn.flatMap((place) => clusters[place] ?? [])
      assert.equal(trimmedMeanOf(clusters, 0.2)(drawn), trimmedMean(values, 0.2))
    }),
  )
})
