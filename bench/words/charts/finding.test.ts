/** Titles: from the least to the most, and what they say where the two read alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastToMost, mostToLeast } from './finding.ts'

const found = (...values: number[]) => values.map((value, i) => ({ scheme: `scheme-${i}`, value }))
const say = ({ value }: { value: number }) => `${Math.round(value)} µs`

test('a range names both ends, whatever the order in which they were found', () => {
  assert.equal(leastToMost(found(3, 1, 2), say), '1 µs (scheme-1) to 3 µs (scheme-0)')
  assert.equal(mostToLeast(found(3, 1, 2), say), '3 µs (scheme-0) to 1 µs (scheme-1)')
  assert.equal(leastToMost(found(3), say), '3 µs (scheme-0)')
  assert.equal(leastToMost([], say), null)
})

test('two ends that read alike are no range', () => {
  assert.equal(leastToMost(found(1.1, 1.2), say), '1 µs (scheme-0 and scheme-1)')
  assert.equal(leastToMost(found(1, 1, 1, 1), say), '1 µs (4 schemes)')
})
