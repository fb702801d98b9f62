/** The paired t-test against a published example, its false alarms, and the power that `detectable` promises. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededNormal } from './normal.ts'
import { detectable, pairedP } from './t-test.ts'

test('Student’s own example: hours of sleep gained by ten patients, t = 4.062, p = 0.00283', () => {
  const gained = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]
  assert.ok(Math.abs((pairedP(gained) ?? 0) - 0.00283) < 0.000005)
})

test('one block says nothing; blocks that agree exactly leave no doubt', () => {
  assert.equal(pairedP([3]), null)
  assert.equal(detectable([3]), null)
  assert.equal(pairedP([2, 2, 2]), 0)
  assert.equal(pairedP([0, 0]), 1)
  assert.equal(detectable([2, 2]), 0)
})

test('p knows no unit and no sign; what is detectable scales with the unit and ignores the effect', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 3, maxLength: 12 })
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 50 }), (sample, factor) => {
      const scaled = sample.map((value) => -factor * value)
      const shifted = sample.map((value) => value + factor)
      const close = (a: number | null, b: number | null) =>
        assert.ok(Math.abs((a ?? -1) - (b ?? -2)) <= 1e-9 * Math.max(1, Math.abs(b ?? 0)))
      close(pairedP(scaled), pairedP(sample))
      close(detectable(scaled), factor * (detectable(sample) ?? 0))
      close(detectable(shifted), detectable(sample))
    }),
  )
})

test('for many blocks it is the familiar 2.8 · CV · √(2/n)', () => {
  const normal = seededNormal(1)
  const n = 400
  const differences = Array.from({ length: n }, () => 0.13 * normal() - 0.13 * normal())
  const familiar = 2.8 * 0.13 * Math.sqrt(2 / n)
  assert.ok(Math.abs((detectable(differences) ?? 0) / familiar - 1) < 0.1)
})

test('without an effect 5 % of samples fall below 5 %; the detectable effect is seen four times in five', () => {
  for (const n of [5, 10]) {
    const normal = seededNormal(n)
    const sample = (effect: number) => Array.from({ length: n }, () => effect + normal())
    const rate = (effect: number) => {
      const seen = Array.from({ length: 2_000 }, () => (pairedP(sample(effect)) ?? 1) < 0.05)
      return seen.filter(Boolean).length / seen.length
    }
    // Its own estimate of the noise varies from sample to sample; that of the formula is the noise itself.
    const unit = detectable(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1))) ?? 0
    const spread = Math.sqrt((n - (n % 2) / n) / (n - 1))
    assert.ok(Math.abs(rate(0) - 0.05) < 0.015, `${n} blocks: ${rate(0)} false alarms`)
    const power = rate(unit / spread)
    assert.ok(Math.abs(power - 0.8) < 0.03, `${n} blocks: power ${power}`)
  }
})
