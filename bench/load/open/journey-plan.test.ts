/** Journeys before anybody travels: what a seed fixes, and the laws that beginnings and thinks follow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type JourneyPlan, journeysOf } from './journey-plan.ts'

const shape = { journeysPerSec: 100, reads: 4, thinkMs: 50, seed: 7 }

function first(count: number, over: Partial<typeof shape> = {}, shard = { index: 0, of: 1 }): JourneyPlan[] {
  const next = journeysOf({ ...shape, ...over }, shard)
  return Array.from({ length: count }, next)
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('the same seed gives the same journeys, another seed or shard others', () => {
  assert.deepEqual(first(50), first(50))
  assert.notDeepEqual(first(50), first(50, { seed: 8 }))
  const shards = [0, 1].map((index) => first(50, {}, { index, of: 2 }))
  assert.notDeepEqual(shards[0]?.[0]?.thinkUs, shards[1]?.[0]?.thinkUs)
})

test('each journey logs in, reads, writes once before a read, and logs out', () => {
  const property = fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (reads, seed) => {
    for (const { steps, thinkUs } of first(20, { reads, seed })) {
      assert.deepEqual([steps[0], steps.at(-1), steps.at(-2)], ['login', 'logout', 'read'])
      assert.equal(steps.filter((step) => step === 'read').length, reads)
      assert.equal(steps.filter((step) => step === 'write').length, 1)
      assert.deepEqual([steps.length, thinkUs.length, thinkUs[0]], [reads + 3, reads + 3, 0])
      assert.ok(thinkUs.slice(1).every((us) => us > 0))
    }
  })
  fc.assert(property, { numRuns: 50 })
})

test('the write falls at each of its places about as often', () => {
  const places = first(4_000).map(({ steps }) => steps.indexOf('write'))
  for (const place of [1, 2, 3, 4]) {
    const share = places.filter((at) => at === place).length / places.length
    // Four standard deviations of a share of a quarter.
    assert.ok(Math.abs(share - 0.25) < 4 * Math.sqrt((0.25 * 0.75) / 4_000), `${place}: ${share}`)
  }
})

test('beginnings come at the rate asked for, in random gaps; shards share it', () => {
  const plans = first(20_000)
  const seconds = (plans.at(-1)?.atUs ?? 0) / 1e6
  assert.ok(Math.abs(seconds / 200 - 1) < 4 / Math.sqrt(20_000), `${seconds}`)
  assert.ok(plans.every(({ atUs }, i) => i === 0 || atUs > (plans[i - 1]?.atUs ?? 0)))
  const half = (first(20_000, {}, { index: 1, of: 2 }).at(-1)?.atUs ?? 0) / 1e6
  assert.ok(Math.abs(half / 400 - 1) < 4 / Math.sqrt(20_000), `${half}`)
})

test('thinks are exponential: their mean and their spread are the time asked for', () => {
  const thinks = first(10_000).flatMap(({ thinkUs }) => thinkUs.slice(1))
  const average = mean(thinks)
  const spread = Math.sqrt(mean(thinks.map((us) => (us - average) ** 2)))
  assert.ok(Math.abs(average / 50_000 - 1) < 0.02, `${average}`)
  assert.ok(Math.abs(spread / 50_000 - 1) < 0.03, `${spread}`)
})
