/** Values sorted into what they have in common. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupedBy, rising } from './groups.ts'

test('each value once, from the least to the most, as numbers', () => {
  assert.deepEqual(rising([10, 9, 10, 100]), [9, 10, 100])
  assert.deepEqual(rising([]), [])
})

test('groups and their items stay in the order of the items', () => {
  const groups = groupedBy(['b1', 'a1', 'b2'], ([letter]) => letter)
  assert.deepEqual(
    [...groups],
    [
      ['b', ['b1', 'b2']],
      ['a', ['a1']],
    ],
  )
})
