/** Exact intervals of shares: against published values, and how often they hold the truth. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { beyondWorst, proportion } from './proportion.ts'

const near = (actual: number, expected: number, within = 5e-5) =>
  assert.ok(Math.abs(actual - expected) < within, `${actual} is not ${expected}`)

/** P(X = k) for k from 0 to n. */
function binomial(n: number, p: number): number[] {
  const weights = [(1 - p) ** n]
  for (let k = 0; k < n; k++) weights.push((weights[k] ?? 0) * ((n - k) / (k + 1)) * (p / (1 - p)))
  return weights
}

test('ends are those quantiles of beta distributions that the theory names', () => {
  // lo: beta(seen, n − seen + 1) at 0.025, hi: beta(seen + 1, n − seen) at 0.975, as SciPy has them.
  const known = [
    [5, 10, 0.18708602844739855, 0.8129139715526015],
    [1, 20, 0.0012650894979498038, 0.24873276277202777],
    [88, 500, 0.1436185949226613, 0.21226757034676558],
    [0, 50, 0, 1 - 0.025 ** (1 / 50)],
    [50, 50, 0.025 ** (1 / 50), 1],
  ] as const
  for (const [seen, n, lo, hi] of known) {
    const found = proportion(seen, n)
    near(found.lo, lo, 1e-9)
    near(found.hi, hi, 1e-9)
    assert.equal(found.value, seen / n)
  }
})

test('whatever the true share, at least 95 % of what can be seen holds it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (n, p) => {
        const held = binomial(n, p).reduce((sum, weight, seen) => {
          const { lo, hi } = proportion(seen, n)
          return sum + (lo <= p && p <= hi ? weight : 0)
        }, 0)
        assert.ok(held >= 0.95 - 1e-9, `${held}`)
      },
    ),
    { numRuns: 200 },
  )
})

test('the share beyond the worst of n is what leaves 5 % to n that all lie below it', () => {
  for (const n of [1, 5, 50, 500]) near((1 - beyondWorst(n)) ** n, 0.05, 1e-9)
  near(beyondWorst(50), 0.0582)
  assert.ok(beyondWorst(100) < 3 / 100)
})

test('what is no share is refused', () => {
  for (const [seen, n] of [
    [-1, 5],
    [6, 5],
    [0, 0],
    [0.5, 5],
  ] as const)
    assert.throws(() => proportion(seen, n), RangeError)
})
