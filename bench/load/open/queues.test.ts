/** Things that are due come out by time, however they were put in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DueTimes } from './queues.ts'

test('the earliest is always first', () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), (times) => {
    const due = new DueTimes()
    for (const [id, atUs] of times.entries()) due.add(atUs, id)
    const order: (number | undefined)[] = []
    while (due.firstUs < Number.POSITIVE_INFINITY) {
      const { firstUs } = due
      const id = due.shift()
      assert.equal(times[id], firstUs)
      order.push(firstUs)
    }
    assert.deepEqual(
      order,
      times.toSorted((a, b) => a - b),
    )
  })
  fc.assert(property)
})

test('when nothing is due, that is said', () => {
  assert.throws(() => new DueTimes().shift(), /nothing is due/)
})
