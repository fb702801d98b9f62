/** Draws follow their weights, and as many places are met as the law expects. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededDraw } from './seeded.ts'
import { expectedDistinct, weightedDraw, zipfWeights } from './zipf.ts'

/** How often each place is drawn. */
function drawn(weights: ArrayLike<number>, draws: number, seed: number): number[] {
  const counts = Array.from(weights, () => 0)
  const next = weightedDraw(weights, seededDraw(seed))
  for (let i = 0; i < draws; i++) {
    const place = next()
    counts[place] = (counts[place] ?? 0) + 1
  }
  return counts
}

const exponents = fc.double({ min: 0, max: 3, noNaN: true })
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

test('the law is Zipf’s, and flat with the exponent 0', () => {
  assert.deepEqual([...zipfWeights(4, 1)], [1, 1 / 2, 1 / 3, 1 / 4])
  assert.deepEqual([...zipfWeights(3, 0)], [1, 1, 1])
})

test('each place is drawn as often as it weighs', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(weights, seeds, (some, seed) => {
      const total = some.reduce((sum, weight) => sum + weight, 0)
      fc.pre(total > 0)
      const draws = 20_000
      for (const [place, count] of drawn(some, draws, seed).entries()) {
        const expected = (draws * (some[place] ?? 0)) / total
        // Six standard deviations; never where nothing weighs.
        assert.ok(Math.abs(count - expected) <= 6 * Math.sqrt(expected), `${place}: ${count} for ${expected}`)
      }
    }),
  )
})

test('the same seed gives the same draws', () => {
  assert.deepEqual(drawn(zipfWeights(50, 0.8), 500, 3), drawn(zipfWeights(50, 0.8), 500, 3))
  assert.notDeepEqual(drawn(zipfWeights(50, 0.8), 500, 3), drawn(zipfWeights(50, 0.8), 500, 4))
})

test('so many places are met as are expected', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), exponents, seeds, (count, exponent, seed) => {
      const draws = 2 * count
      const met = drawn(zipfWeights(count, exponent), draws, seed).filter((times) => times > 0).length
      const expected = expectedDistinct(count, exponent, draws)
      assert.ok(Math.abs(met - expected) <= 1 + 6 * Math.sqrt(expected), `${met} for ${expected}`)
    }),
  )
  assert.ok(Math.abs(expectedDistinct(1_000, 0, 1_000) - 1_000 * (1 - Math.exp(-1))) < 1e-6)
  assert.ok(expectedDistinct(1_000, 0.8, 1_000) < expectedDistinct(1_000, 0, 1_000))
})
