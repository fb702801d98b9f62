/** Slopes: exact on lines, untouched by a constant, absent where nothing varies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { line, missesLeftOut, neverFalling, type Point, slope } from './regression.ts'
import { mean } from './sums.ts'

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

test('a point left out is missed as by a line that was fitted without it', () => {
  const points: Point[] = [
    [0, 3],
    [1, 1],
    [2, 6],
    [4, 2],
    [7, 9],
  ]
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const even = missesLeftOut(xs, [2, 2, 2, 2, 2])?.(ys) ?? assert.fail()
  for (const [i, [x, y]] of points.entries()) {
    const others = line(points.toSpliced(i, 1)) ?? assert.fail()
    assert.ok(Math.abs((even[i] ?? 0) - (y - others.intercept - others.slope * x)) < 1e-9)
  }
  // One of weight 2 counts as two of weight 1.
  const heavy = missesLeftOut(xs, [1, 2, 1, 1, 1])?.(ys) ?? assert.fail()
  const doubled = line([...points.toSpliced(0, 1), [1, 1]]) ?? assert.fail()
  assert.ok(Math.abs((heavy[0] ?? 0) - (3 - doubled.intercept)) < 1e-9)
})

test('nothing is left out of three points, or where the others have one x', () => {
  assert.equal(missesLeftOut([5, 6, 7], [1, 1, 1]), null)
  assert.equal(missesLeftOut([5, 5, 5, 6], [1, 1, 1, 1]), null)
})

test('what rises stays, and what falls is pooled with what it falls below', () => {
  assert.deepEqual(neverFalling([1, 2, 3]), [1, 2, 3])
  assert.deepEqual(neverFalling([1, 3, 2, 4]), [1, 2.5, 2.5, 4])
  assert.deepEqual(neverFalling([3, 2, 1]), [2, 2, 2])
  assert.deepEqual(neverFalling([]), [])
})

test('it never falls, keeps the mean, and lies no further from the values than any other rising line that was tried', () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 })
  const missOf = (a: readonly number[], b: readonly number[]) => mean(a.map((x, i) => (x - (b[i] ?? 0)) ** 2))
  fc.assert(
    fc.property(values, values, (own, other) => {
      const found = neverFalling(own)
      for (const [i, value] of found.entries()) assert.ok(i === 0 || value >= (found[i - 1] ?? 0) - 1e-9)
      assert.ok(Math.abs(mean(found) - mean(own)) < 1e-9)
      const rival = own.map((_, i) => other[i % other.length] ?? 0).sort((a, b) => a - b)
      assert.ok(missOf(found, own) <= missOf(rival, own) + 1e-9)
    }),
  )
})
