/** Welch's t-test against a published example, and how often its intervals and alarms are right. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededNormal } from './normal.ts'
import { twoSidedP } from './student-t.ts'
import { ratioApart, welch } from './welch.ts'

test('by hand: 1…5 against 2, 4…10: t = −3 ÷ √2.5, 5.88 degrees of freedom, taken as 5', () => {
  const found = welch([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
  assert.ok(found)
  assert.equal(found.value, -3)
  assert.ok(Math.abs(found.p - twoSidedP(-3 / Math.sqrt(2.5), 5)) < 1e-12)
  // t₀.₉₇₅ with 5 degrees of freedom is 2.5706 (any table).
  assert.ok(Math.abs(found.hi - (-3 + 2.5706 * Math.sqrt(2.5))) < 1e-3)
})

test('one value says nothing; equal values leave no doubt', () => {
  assert.equal(welch([1], [2, 3]), null)
  assert.equal(welch([1, 2], []), null)
  assert.deepEqual(welch([2, 2], [2, 2]), { value: 0, lo: 0, hi: 0, p: 1 })
  assert.deepEqual(welch([3, 3], [2, 2]), { value: 1, lo: 1, hi: 1, p: 0 })
})

test('the two samples are alike to it: exchanged, the difference turns its sign and p stays', () => {
  const sample = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 12 })
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const [there, back] = [welch(a, b), welch(b, a)]
      assert.ok(there && back)
      assert.ok(Math.abs(there.value + back.value) < 1e-9)
      assert.ok(Math.abs(there.lo + back.hi) < 1e-6 * (1 + Math.abs(back.hi)))
      assert.ok(Math.abs(there.p - back.p) < 1e-9)
      assert.ok(there.lo <= there.value && there.value <= there.hi)
    }),
  )
})

test('five blocks against five, one side three times as noisy: the interval misses in at most 6 of 100 runs', () => {
  const normal = seededNormal(3)
  const runs = 4_000
  let missed = 0
  for (let i = 0; i < runs; i++) {
    const a = Array.from({ length: 5 }, () => 10 + normal())
    const b = Array.from({ length: 5 }, () => 8 + 3 * normal())
    const found = welch(a, b)
    if (!found || found.lo > 2 || found.hi < 2) missed++
  }
  assert.ok(missed / runs < 0.06, `${missed} of ${runs}`)
  assert.ok(missed / runs > 0.02, 'and is not needlessly wide')
})

test('a ratio of samples that lie apart: by hand, without an interval for one value, null for what has no logarithm', () => {
  const { value, lo, hi } = ratioApart([2, 8], [1, 4]) ?? assert.fail()
  assert.ok(Math.abs(value - 2) < 1e-9 && lo < 2 && hi > 2)
  assert.ok(Math.abs(lo * hi - 4) < 1e-9, 'as far to either side on the logarithm')
  const [one] = [ratioApart([6], [1, 4])]
  assert.ok(one && Math.abs(one.value - 3) < 1e-9 && one.lo === one.value && one.hi === one.value)
  assert.equal(ratioApart([0, 2], [1]), null)
  assert.equal(ratioApart([], [1]), null)
})
