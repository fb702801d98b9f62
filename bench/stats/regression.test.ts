/** Slopes: exact on lines, untouched by a constant, absent where nothing varies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { line, type Point, slope } from './regression.ts'

test('finds the slope of a line whatever its intercept', () => {
  const xs = fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 10 })
  const finite = fc.integer({ min: -10_000, max: 10_000 })
  fc.assert(
    fc.property(xs, finite, finite, (positions, m, b) => {
      const found = slope(positions.map((x): Point => [x, m * x + b]))
      assert.ok(found !== null && Math.abs(found - m) < 1e-3)
    }),
  )
})

test('finds the intercept as well', () => {
  assert.deepEqual(
    line([
      [1, 5],
      [2, 7],
      [4, 11],
    ]),
    { slope: 2, intercept: 3 },
  )
})

test('least squares, not the line through the ends', () => {
  assert.equal(
    slope([
      [0, 0],
      [1, 3],
      [2, 0],
    ]),
    0,
  )
})

test('one level of x has no slope', () => {
  assert.equal(slope([]), null)
  assert.equal(line([[5, 1]]), null)
  assert.equal(
    slope([
      [5, 1],
      [5, 2],
    ]),
    null,
  )
})
