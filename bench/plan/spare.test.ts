/** Units beyond those that carry the load: what is left when some are gone carries it, and one unit less would not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Spare, unitsLeft, withSpare } from './spare.ts'

const none: Spare = { survive: 0, zones: 1, deploy: 'at-once' }
const units = (needed: number, over: Partial<Spare> = {}) => withSpare(needed, { ...none, ...over })

test('nothing spare, one unit, a zone of three, and a deploy beside it, worked out by hand', () => {
  assert.equal(units(4), 4)
  assert.equal(units(4, { survive: 1 }), 5)
  // Two of six in each zone: four are left.
  assert.equal(units(4, { zones: 3 }), 6)
  assert.equal(units(4, { survive: 3, zones: 3 }), 7)
  // Of six a deploy replaces one at a time, and of eight two.
  assert.equal(units(4, { survive: 1, deploy: 'rolling' }), 6)
  assert.equal(units(6, { deploy: 'rolling' }), 7)
  assert.equal(units(7, { deploy: 'rolling' }), 9)
})

test('where nobody says so, one may fail of those that are needed together, and a single one may not', () => {
  assert.equal(units(1, { survive: null }), 1)
  assert.equal(units(2, { survive: null }), 3)
})

test('what is left carries the load, and no smaller number does', () => {
  const spares = fc.record({
    survive: fc.option(fc.integer({ min: 0, max: 4 })),
    zones: fc.integer({ min: 1, max: 5 }),
    deploy: fc.constantFrom('rolling' as const, 'at-once' as const),
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), spares, (needed, spare) => {
      const all = withSpare(needed, spare)
      assert.ok(unitsLeft(all, needed, spare) >= needed)
      for (let fewer = needed; fewer < all; fewer++) assert.ok(unitsLeft(fewer, needed, spare) < needed)
    }),
  )
})
