/** Laws of a verdict, for any interval and any thresholds that leave room between them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Limits, type OwnError, ruling } from './verdict.ts'

const number = fc.double({ min: -10, max: 10, noNaN: true })
const interval = fc
  .tuple(number, number, number)
  .map((ends) => ends.toSorted((a, b) => a - b))
  .map(([lo = 0, value = 0, hi = 0]) => ({ lo, value, hi, n: 5 }))
/** Supported above, refuted below, as most claims have it. */
const rising = fc
  .uniqueArray(number, { minLength: 2, maxLength: 2 })
  .map((ends) => ends.toSorted((a, b) => a - b))
  .map(
    ([low = 0, high = 1]): Limits => ({
      supported: { op: '>=', value: high },
      refuted: { op: '<=', value: low },
    }),
  )
const own = fc
  .tuple(number, fc.double({ min: 0, max: 5, noNaN: true }))
  .map(([neutral, error]): OwnError => ({ neutral, error }))
const NO_ERROR: OwnError = { neutral: 0, error: 0 }

const RANK = { refuted: 0, inconclusive: 1, supported: 2 }

test('a higher interval never gets a lower verdict', () => {
  fc.assert(
    fc.property(interval, number.map(Math.abs), rising, own, (low, step, limits, error) => {
      const high = { ...low, lo: low.lo + step, value: low.value + step, hi: low.hi + step }
      assert.ok(RANK[ruling(high, limits, error).verdict] >= RANK[ruling(low, limits, error).verdict])
    }),
  )
})

test('a wider interval, or a larger own error, never turns doubt into a verdict', () => {
  fc.assert(
    fc.property(interval, number.map(Math.abs), rising, own, (narrow, more, limits, error) => {
      const wide = { ...narrow, lo: narrow.lo - more, hi: narrow.hi + more }
      const alone = ruling(narrow, limits, error).verdict
      for (const other of [
        ruling(wide, limits, error).verdict,
        ruling(narrow, limits, { ...error, error: error.error + more }).verdict,
      ])
        assert.ok(other === alone || other === 'inconclusive', `${alone} became ${other}`)
    }),
  )
})

test('never both: with the thresholds exchanged the verdict is the opposite one', () => {
  const mirrored = { '>=': '<=', '<=': '>=', '>': '<', '<': '>' } as const
  fc.assert(
    fc.property(interval, rising, own, (effect, limits, { neutral, error }) => {
      const mirror = (bound: Limits['supported']) => bound && { op: mirrored[bound.op], value: -bound.value }
      const flipped = ruling(
        { lo: -effect.hi, value: -effect.value, hi: -effect.lo, n: 5 },
        { supported: mirror(limits.refuted), refuted: mirror(limits.supported) },
        { neutral: -neutral, error },
      )
      const opposite = { supported: 'refuted', refuted: 'supported', inconclusive: 'inconclusive' }
      assert.equal(flipped.verdict, opposite[ruling(effect, limits, { neutral, error }).verdict])
    }),
  )
})

test('decided exactly when the whole interval lies beyond a threshold, where the own error is nothing', () => {
  fc.assert(
    fc.property(interval, rising, (effect, limits) => {
      const { verdict } = ruling(effect, limits, NO_ERROR)
      assert.equal(verdict === 'supported', effect.lo >= (limits.supported?.value ?? 0))
      assert.equal(verdict === 'refuted', effect.hi <= (limits.refuted?.value ?? 0))
    }),
  )
})

test('one and two blocks, and a run without its own error, decide nothing', () => {
  fc.assert(
    fc.property(interval, rising, own, fc.constantFrom(1, 2), (effect, limits, error, n) => {
      assert.deepEqual(ruling({ ...effect, n }, limits, error), {
        verdict: 'inconclusive',
        doubt: 'few-blocks',
      })
      assert.deepEqual(ruling(effect, limits, null), { verdict: 'inconclusive', doubt: 'own-error-unknown' })
    }),
  )
})

test('inside the own error a difference is not shown, and equality only where that error is small enough', () => {
  const faster: Limits = { supported: { op: '>=', value: 1.05 }, refuted: { op: '<=', value: 0.95 } }
  const slower = { value: 0.92, lo: 0.91, hi: 0.93, n: 5 }
  assert.equal(ruling(slower, faster, { neutral: 1, error: 0.05 }).verdict, 'refuted')
  assert.deepEqual(ruling(slower, faster, { neutral: 1, error: 0.1 }), {
    verdict: 'inconclusive',
    doubt: 'own-error',
  })
  const tax: Limits = { supported: { op: '>=', value: 1.5 }, refuted: { op: '<=', value: 1.1 } }
  const equal = { value: 1.01, lo: 1, hi: 1.02, n: 5 }
  assert.equal(ruling(equal, tax, { neutral: 1, error: 0.05 }).verdict, 'refuted')
  assert.equal(ruling(equal, tax, { neutral: 1, error: 0.2 }).doubt, 'own-error')
})

test('the doubt tells an interval across a threshold from one that lies between both', () => {
  const limits: Limits = { supported: { op: '<', value: 0.67 }, refuted: { op: '>', value: 0.9 } }
  assert.equal(ruling({ value: 0.8, lo: 0.7, hi: 0.85, n: 5 }, limits, NO_ERROR).doubt, 'between')
  assert.equal(ruling({ value: 0.8, lo: 0.6, hi: 0.85, n: 5 }, limits, NO_ERROR).doubt, 'straddles')
})

test('strict and other bounds differ in the threshold itself, and in nothing else', () => {
  const at = { value: 5, lo: 5, hi: 5, n: 5 }
  const limits: Limits = { supported: { op: '<=', value: 5 }, refuted: { op: '>', value: 5 } }
  assert.equal(ruling(at, limits, NO_ERROR).verdict, 'supported')
  assert.equal(ruling({ ...at, lo: 5.1, hi: 5.3, value: 5.2 }, limits, NO_ERROR).verdict, 'refuted')
})
