/** Every thing belongs to exactly one shard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { numberOf, shareOf } from './shard.ts'

test('shards are disjoint and leave nothing out', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 9 }), (total, of) => {
      const numbers = Array.from({ length: of }, (_, index) => ({ index, of })).flatMap((shard) =>
        Array.from({ length: shareOf(total, shard) }, (_, own) => numberOf(own, shard)),
      )
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        Array.from({ length: total }, (_, i) => i),
      )
    }),
  )
})
