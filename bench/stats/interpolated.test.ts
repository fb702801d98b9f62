/** Reading between measured values. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interpolated } from './interpolated.ts'

const exactly = (value: number) => ({ value, lo: value, hi: value })

test('halfway between two points each end lies halfway between theirs', () => {
  const points = [
    [10, { value: 4, lo: 2, hi: 8 }],
    [20, { value: 6, lo: 6, hi: 10 }],
  ] as const
  assert.deepEqual(interpolated(points, 15, 'linear'), { value: 5, lo: 4, hi: 9 })
})

test('over the logarithm 100 lies halfway between 10 and 1,000', () => {
  const points = [
    [10, exactly(3)],
    [1_000, exactly(5)],
  ] as const
  assert.deepEqual(interpolated(points, 100, 'log'), exactly(4))
})

test('at a point it is that point, and beyond the outermost it is theirs', () => {
  const points = [
    [10, exactly(3)],
    [20, exactly(5)],
    [40, exactly(1)],
  ] as const
  const at = (x: number) => interpolated(points, x, 'log').value
  assert.deepEqual([at(1), at(10), at(20), at(40), at(400)], [3, 3, 5, 1, 1])
  assert.throws(() => interpolated([], 1, 'log'), RangeError)
})
