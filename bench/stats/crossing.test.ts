/** Where a line over log x crosses zero, by lines whose zero is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crossingOf } from './crossing.ts'

test('a line that is straight over log x is found, wherever it was measured', () => {
  const positive = fc.double({ min: 1, max: 1e4, noNaN: true })
  fc.assert(
    fc.property(positive, fc.uniqueArray(positive, { minLength: 3, maxLength: 8 }), (zero, xs) => {
      const points = xs.toSorted((a, b) => a - b).map((x) => [x, Math.log(x / zero)] as const)
      const found = crossingOf(points)
      const isInside = (points[0]?.[1] ?? 0) < 0 && (points.at(-1)?.[1] ?? 0) >= 0
      if (!isInside) return assert.equal(found, null)
      assert.ok(Math.abs((found ?? Number.NaN) / zero - 1) < 1e-6, `${found} ${zero}`)
    }),
  )
})

test('what begins at zero or above, or never rises to it, has no crossing', () => {
  assert.equal(crossingOf([]), null)
  assert.equal(
    crossingOf([
      [1, 0],
      [2, 1],
    ]),
    null,
  )
  assert.equal(
    crossingOf([
      [1, -2],
      [2, -1],
    ]),
    null,
  )
  assert.equal(
    crossingOf([
      [1, -1],
      [4, 1],
    ]),
    2,
  )
})
