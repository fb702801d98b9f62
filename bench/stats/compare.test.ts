/** Pairing within blocks, and how seldom the rule for "detected" is fooled by noise of a known size. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { medianInterval } from './bootstrap.ts'
import { type ByBlock, detected, differences, ownError, ratios } from './compare.ts'
import { seededDraw } from './seeded.ts'

const byBlock = (values: readonly number[]): ByBlock => new Map(values.entries())

test('pairs by block number, whatever the order, and drops blocks that one side lacks', () => {
  const a = new Map([
    [2, 30],
    [0, 10],
    [1, 20],
  ])
  const b = new Map([
    [0, 4],
    [2, 10],
    [7, 1],
  ])
  assert.deepEqual(differences(a, b), [6, 20])
  assert.deepEqual(ratios(a, b), [2.5, 3])
  assert.deepEqual(ratios(a, new Map([[1, 0]])), [])
})

test('what a block has in common cancels out of differences and ratios', () => {
  const positive = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(positive, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
      const a = byBlock(values)
      const b = byBlock(values.map((value) => value * factor))
      for (const ratio of ratios(b, a)) assert.ok(Math.abs(ratio - factor) < 1e-9)
      const c = byBlock(values.map((value) => value + factor))
      for (const difference of differences(c, a)) assert.ok(Math.abs(difference - factor) < 1e-6)
    }),
  )
})

test('detected needs an interval without the neutral value, an effect above the own error, and three blocks', () => {
  const effect = { value: 1.2, lo: 1.1, hi: 1.3, n: 5 }
  assert.equal(detected(effect, 1, 0.1), true)
  assert.equal(detected({ ...effect, lo: 0.99 }, 1, 0.1), false)
  assert.equal(detected(effect, 1, 0.25), false)
  assert.equal(detected({ ...effect, n: 2 }, 1, 0.1), false)
  assert.equal(detected(effect, 1, null), false)
  assert.equal(detected({ value: 0.8, lo: 0.7, hi: 0.9, n: 5 }, 1, 0.1), true)
})

test('the own error is the farther end of the interval of two equal arms', () => {
  assert.ok(Math.abs(ownError({ value: 1, lo: 0.9, hi: 1.02 }, 1) - 0.1) < 1e-12)
  assert.equal(ownError({ value: 1, lo: -2, hi: 3 }, 0), 3)
})

test('equal arms with 13 % noise: seldom called different; arms 60 % apart: mostly seen at five blocks', () => {
  assert.ok(detectionRate(3, 1) < 0.06, `three blocks: ${detectionRate(3, 1)}`)
  assert.ok(detectionRate(5, 1) < 0.015, `five blocks: ${detectionRate(5, 1)}`)
  assert.ok(detectionRate(5, 1.6) > 0.8, `power: ${detectionRate(5, 1.6)}`)
})

/** Share of simulated runs in which an arm `effect` times the control is called detected, as a report does it. */
function detectionRate(blocks: number, effect: number): number {
  const runs = 1_500
  const draw = seededDraw(blocks)
  const uniform = () => (draw(1_000_000) + 0.5) / 1_000_000
  const noise = () => 0.13 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const arm = (size: number) => Array.from({ length: blocks }, () => size * Math.exp(noise()))
  let count = 0
  for (let run = 0; run < runs; run++) {
    const [first, second, other] = [arm(1), arm(1), arm(effect)]
    const control = byBlock(first.map((value, i) => (value + (second[i] as number)) / 2))
    const interval = (values: number[]) => medianInterval(values, { seed: 1, resamples: 200 })
    const error = ownError(interval(ratios(byBlock(second), byBlock(first))), 1)
    const compared = interval(ratios(byBlock(other), control))
    if (detected({ ...compared, n: blocks }, 1, error)) count++
  }
  return count / runs
}
