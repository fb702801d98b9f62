/** Shuffles are permutations, reproducible, and unbiased over consecutive seeds as the blocks of a run use them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededDraw, shuffled } from './seeded.ts'

test('a shuffle is a permutation, leaves its input alone and depends on the seed only', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const before = [...items]
      const result = shuffled(items, seed)
      assert.deepEqual(items, before)
      assert.deepEqual(result, shuffled(items, seed))
      assert.deepEqual(
        result.toSorted((a, b) => a - b),
        items.toSorted((a, b) => a - b),
      )
    }),
  )
})

test('over consecutive seeds every item takes every place equally often', () => {
  const items = Array.from({ length: 11 }, (_, i) => i)
  const seeds = 11_000
  const seen = items.map(() => items.map(() => 0))
  for (let seed = 1; seed <= seeds; seed++) {
    shuffled(items, seed).forEach((item, place) => {
      ;(seen[place] as number[])[item] = (seen[place]?.[item] ?? 0) + 1
    })
  }
  // Expected 1,000 with a standard deviation of 30; five of them is beyond chance for 121 cells.
  for (const count of seen.flat()) assert.ok(Math.abs(count - seeds / 11) < 151, `${count}`)
})

test('the first draws of consecutive seeds do not march in step', () => {
  const first = Array.from({ length: 2_000 }, (_, seed) => seededDraw(seed)(11))
  const steps = first.slice(1).map((draw, i) => (draw - (first[i] as number) + 11) % 11)
  for (let step = 0; step < 11; step++) {
    const share = steps.filter((seen) => seen === step).length / steps.length
    assert.ok(share < 0.14, `step ${step} has a share of ${share}, not about 1/11`)
  }
})
