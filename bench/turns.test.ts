/** Turns in rotation: each replica is in as often as any other, whatever the sizes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LEAST_TURNS, turnsOf } from './turns.ts'

const fleetOf = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `r${i + 1}` }))

test('each replica is in rotation as often as any other, in groups of the size asked for', () => {
  const sizes = fc
    .integer({ min: 1, max: 16 })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count })))
  fc.assert(
    fc.property(sizes, ([count, size]) => {
      const turns = turnsOf(fleetOf(count), size)
      assert.ok(turns.length >= LEAST_TURNS && turns.length <= count + LEAST_TURNS)
      for (const ids of turns) assert.equal(new Set(ids).size, size)
      const times = fleetOf(count).map(({ id }) => turns.filter((ids) => ids.includes(id)).length)
      assert.equal(new Set(times).size, 1)
    }),
  )
})
