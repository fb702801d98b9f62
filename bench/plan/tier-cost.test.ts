/** CPU a request over the rate, and the rate at which a core is so busy. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { around } from '../testing/evidence.ts'
import { exactly } from './range.ts'
import { busyAt, costAt, rateAtBusy, type TierCost } from './tier-cost.ts'

/** 400 µs at 100/s, 200 at 1,000/s, 100 at 10,000/s. */
const falling: TierCost = {
  points: [
    { perSec: 100, us: around(400) },
    { perSec: 1_000, us: around(200) },
    { perSec: 10_000, us: around(100) },
  ],
  marginal: exactly(60),
}

test('between points on the line over the logarithm; at the ends as there, and beyond the last down to the fit', () => {
  const us = (perSec: number) => Math.round(costAt(falling, perSec).value)
  assert.deepEqual(
    [us(1), us(100), us(Math.sqrt(100 * 1_000)), us(1_000), us(50_000)],
    [400, 400, 300, 200, 100],
  )
  assert.equal(costAt(falling, 50_000).lo, 60)
  assert.equal(costAt({ ...falling, marginal: null }, 50_000).lo, 90)
})

test('half a core at 200 µs each is 2,500/s; where a core is never so busy CPU sets no limit', () => {
  const flat: TierCost = { points: [{ perSec: 1_000, us: around(200) }], marginal: null }
  const { value, lo, hi } = rateAtBusy(flat, 0.5, 10_000)
  const near = (a: number, b: number) => assert.ok(Math.abs(a / b - 1) < 1e-9, `${a}, not ${b}`)
  near(value, 2_500)
  near(lo, 0.5e6 / 220)
  near(hi, 0.5e6 / 180)
  assert.equal(rateAtBusy(flat, 0.5, 2_000).value, Number.POSITIVE_INFINITY)
})

test('at the rate that is found a core is as busy as was asked for', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), (busy) => {
      const { value, lo, hi } = rateAtBusy(falling, busy, 10_000)
      assert.ok(Math.abs(busyAt(falling, value).value - busy) < 1e-6)
      assert.ok(lo <= value && value <= hi)
    }),
  )
})

test('a load that fits exactly fits: at 100 µs each, a fifth of a core is 2,000/s to the last digit', () => {
  const flat: TierCost = { points: [{ perSec: 1_000, us: exactly(100) }], marginal: null }
  for (const most of [3_000, 50_000, 1e7])
    assert.ok(Math.abs(rateAtBusy(flat, 0.2, most).value / 2_000 - 1) < 1e-14)
})
