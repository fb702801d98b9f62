/** Holm's correction worked out by hand, its properties, and the errors it lets pass in whole families. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holm } from './holm.ts'
import { seededDraw } from './seeded.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

test('by hand, in the order given', () => {
  assert.deepEqual(holm([0.25, 0.125, 0.0625]), [0.25, 0.25, 0.1875])
  assert.deepEqual(holm([0.5, 0.03125, 0.75, 0.0625]), [1, 0.125, 1, 0.1875])
  assert.deepEqual(holm([0.02]), [0.02])
  assert.deepEqual(holm([]), [])
})

test('equal p stay equal', () => {
  assert.deepEqual(holm([0.125, 0.125, 0.125]), [0.375, 0.375, 0.375])
})

test('never below p or above 1, keeps the order, and lies between no correction and Bonferroni’s', () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const adjusted = holm(values)
      values.forEach((p, i) => {
        const own = adjusted[i] as number
        assert.ok(own >= p && own <= 1)
        assert.ok(own <= Math.min(1, values.length * p) + 1e-12)
        values.forEach((other, j) => {
          if (p < other) assert.ok(own <= (adjusted[j] as number))
          if (p === other) assert.equal(own, adjusted[j])
        })
      })
    }),
  )
})

test('ten comparisons without any effect: 40 % of families err without it, 5 % with it', () => {
  const draw = seededDraw(1)
  const families = Array.from({ length: 4_000 }, () =>
    Array.from({ length: 10 }, () => (draw(1_000_000) + 0.5) / 1_000_000),
  )
  const share = (of: (family: number[]) => number[]) =>
    families.filter((family) => of(family).some((p) => p < 0.05)).length / families.length
  assert.ok(Math.abs(share((family) => family) - (1 - 0.95 ** 10)) < 0.03)
  assert.ok(Math.abs(share(holm) - 0.05) < 0.012)
})
