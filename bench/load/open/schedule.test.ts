/** Properties of the arrival schedule, checked without a clock. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Shard } from '../shard.ts'
import { scheduleOf } from './schedule.ts'

const rates = fc.integer({ min: 1, max: 100_000 })
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const spacings = fc.constantFrom('poisson' as const, 'even' as const)

function take(count: number, rate: Parameters<typeof scheduleOf>[0], shard?: Shard): number[] {
  const next = scheduleOf(rate, shard)
  return Array.from({ length: count }, next)
}

/** Variance ÷ mean of the arrivals in equal slices of 20 mean gaps: 1 for a Poisson process. */
function dispersion(times: readonly number[], arrivalsPerSec: number): number {
  const slices = new Array<number>(Math.floor(times.length / 25)).fill(0)
  for (const at of times) {
    const slice = Math.floor(at / ((20 * 1e6) / arrivalsPerSec))
    if (slice < slices.length) slices[slice] = (slices[slice] ?? 0) + 1
  }
  const mean = slices.reduce((sum, n) => sum + n, 0) / slices.length
  return slices.reduce((sum, n) => sum + (n - mean) ** 2, 0) / slices.length / mean
}

test('arrivals ascend, begin at the start, and are the same for the same seed', () => {
  fc.assert(
    fc.property(rates, spacings, seeds, (arrivalsPerSec, spacing, seed) => {
      const times = take(200, { arrivalsPerSec, spacing, seed })
      assert.ok(times.every((at, i) => at >= 0 && at >= (times[i - 1] ?? 0)))
      assert.deepEqual(take(200, { arrivalsPerSec, spacing, seed }), times)
    }),
  )
})

test('the mean rate is the one asked for', () => {
  fc.assert(
    fc.property(rates, spacings, seeds, (arrivalsPerSec, spacing, seed) => {
      const n = 10_000
      const last = take(n, { arrivalsPerSec, spacing, seed }).at(-1) ?? 0
      // Five standard errors of the mean of n exponential gaps.
      assert.ok(Math.abs((last * arrivalsPerSec) / 1e6 / n - 1) < 5 / Math.sqrt(n))
    }),
    { numRuns: 30 },
  )
})

test('Poisson arrivals are as clustered as chance makes them, even ones not at all', () => {
  fc.assert(
    fc.property(rates, seeds, (arrivalsPerSec, seed) => {
      const poisson = dispersion(take(25_000, { arrivalsPerSec, spacing: 'poisson', seed }), arrivalsPerSec)
      // Six standard errors of a variance over 1,000 slices, √(2/1000).
      assert.ok(Math.abs(poisson - 1) < 0.27, `${poisson}`)
      const even = dispersion(take(25_000, { arrivalsPerSec, spacing: 'even', seed }), arrivalsPerSec)
      assert.ok(even < 0.06, `${even}`)
    }),
    { numRuns: 30 },
  )
})

test('neighbouring seeds and shards have nothing in common', () => {
  const rate = { arrivalsPerSec: 1_000, spacing: 'poisson' as const }
  const parts = [1, 2, 3].flatMap((seed) =>
    [0, 1, 2].map((index) => take(1_000, { ...rate, seed }, { index, of: 3 })),
  )
  assert.equal(new Set(parts.flat()).size, 9_000)
})

test('shards of an even schedule merge to exactly the whole', () => {
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 7 }), (arrivalsPerSec, of) => {
      const rate = { arrivalsPerSec, spacing: 'even' as const, seed: 0 }
      const parts = Array.from({ length: of }, (_, index) => take(100, rate, { index, of }))
      const merged = parts.flat().sort((a, b) => a - b)
      assert.deepEqual(merged, take(100 * of, rate))
    }),
  )
})

test('shards of a Poisson schedule add up to one of the whole rate', () => {
  const rate = { arrivalsPerSec: 5_000, spacing: 'poisson' as const, seed: 7 }
  const parts = [0, 1, 2, 3].map((index) => take(10_000, rate, { index, of: 4 }))
  const end = Math.min(...parts.map((times) => times.at(-1) ?? 0))
  const merged = parts.flat().filter((at) => at <= end)
  assert.ok(Math.abs(merged.length / (end / 1e6) / 5_000 - 1) < 5 / Math.sqrt(merged.length))
  const spread = dispersion(
    merged.sort((a, b) => a - b),
    5_000,
  )
  assert.ok(Math.abs(spread - 1) < 0.22, `${spread}`)
})
