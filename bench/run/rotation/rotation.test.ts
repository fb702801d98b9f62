/** Turns in rotation: each replica is in as often as any other, whatever the sizes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { alternating, LEAST_SHIFTS, shiftsOf } from './rotation.ts'

const fleetOf = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `r${i + 1}` }))

test('each replica is in rotation as often as any other, in groups of the size asked for', () => {
  const sizes = fc
    .integer({ min: 1, max: 16 })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count })))
  fc.assert(
    fc.property(sizes, ([count, size]) => {
      const shifts = shiftsOf(fleetOf(count), size)
      assert.ok(shifts.length >= LEAST_SHIFTS && shifts.length <= count + LEAST_SHIFTS)
      for (const ids of shifts) assert.equal(new Set(ids).size, size)
      const times = fleetOf(count).map(({ id }) => shifts.filter((ids) => ids.includes(id)).length)
      assert.equal(new Set(times).size, 1)
    }),
  )
})

test('shifts of several sizes alternate: at any time each of them has had the same share of its own', () => {
  const sizes = fc
    .integer({ min: 1, max: 16 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.array(fc.integer({ min: 1, max: count }), { minLength: 1, maxLength: 4 }),
      ),
    )
  fc.assert(
    fc.property(sizes, ([count, sizes]) => {
      const order = alternating(fleetOf(count), sizes)
      const wanted = sizes.map((size) => shiftsOf(fleetOf(count), size))
      const of = (index: number, until = order.length) =>
        order.slice(0, until).filter((one) => one.index === index)
      for (const [index, shifts] of wanted.entries()) {
        assert.deepEqual(
          of(index).map(({ ids }) => ids),
          shifts,
        )
      }
      for (const until of order.keys()) {
        const shares = wanted.map((shifts, index) => [of(index, until).length, shifts.length] as const)
        for (const [had, all] of shares) {
          for (const [otherHad, otherAll] of shares)
            assert.ok(Math.abs(had / all - otherHad / otherAll) <= 1 / all + 1 / otherAll)
        }
      }
    }),
  )
})
