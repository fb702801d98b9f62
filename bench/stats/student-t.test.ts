/** Student's t against printed tables, and its quantile against its probability. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tQuantile, twoSidedP } from './student-t.ts'

/** Abramowitz & Stegun, table 26.10, and Fisher & Yates, table III. */
const TABLE = [
  { degrees: 1, p975: 12.706, p995: 63.657 },
  { degrees: 2, p975: 4.303, p995: 9.925 },
  { degrees: 3, p975: 3.182, p995: 5.841 },
  { degrees: 4, p975: 2.776, p995: 4.604 },
  { degrees: 9, p975: 2.262, p995: 3.25 },
  { degrees: 10, p975: 2.228, p995: 3.169 },
  { degrees: 30, p975: 2.042, p995: 2.75 },
  { degrees: 120, p975: 1.98, p995: 2.617 },
]

test('quantiles are those of the tables, to their last digit', () => {
  for (const { degrees, p975, p995 } of TABLE) {
    assert.ok(Math.abs(tQuantile(0.975, degrees) - p975) < 0.00051, `${degrees}: 0.975`)
    assert.ok(Math.abs(tQuantile(0.995, degrees) - p995) < 0.00051, `${degrees}: 0.995`)
  }
})

test('p is what is known in closed form: Cauchy for one degree, a root for two', () => {
  for (const t of [0.01, 0.5, 1, 3, 40]) {
    assert.ok(Math.abs(twoSidedP(t, 1) - (1 - (2 / Math.PI) * Math.atan(t))) < 1e-14)
    assert.ok(Math.abs(twoSidedP(t, 2) - (1 - t / Math.sqrt(2 + t * t))) < 1e-14)
  }
})

test('p is even in t, falls with |t|, and lies from 0 to 1', () => {
  const t = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(t, t, fc.integer({ min: 1, max: 200 }), (a, b, degrees) => {
      const p = twoSidedP(a, degrees)
      assert.ok(p >= 0 && p <= 1)
      assert.equal(p, twoSidedP(-a, degrees))
      if (Math.abs(a) < Math.abs(b)) assert.ok(p >= twoSidedP(b, degrees) - 1e-12)
    }),
  )
  assert.equal(twoSidedP(0, 7), 1)
  assert.equal(twoSidedP(Number.POSITIVE_INFINITY, 7), 0)
})

test('the quantile undoes the probability', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      (p, degrees) => {
        const t = tQuantile(p, degrees)
        const below = t < 0 ? twoSidedP(t, degrees) / 2 : 1 - twoSidedP(t, degrees) / 2
        assert.ok(Math.abs(below - p) < 1e-9)
      },
    ),
  )
})
