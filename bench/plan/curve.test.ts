/** Reading between the rungs of a ladder. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bending, ladderOf, step } from '../testing/evidence.ts'
import { latencyAt, reach } from './curve.ts'

const bound = (p99Ms: number) => ({ p99Us: p99Ms * 1_000, maxErrorShare: 0.001 })

test('between two rungs log p99 is a straight line: half way from 40 to 400 ms lies 126 ms', () => {
  const found = reach(bending, bound(Math.sqrt(40 * 400)))
  assert.ok(found)
  assert.ok(Math.abs(found.perSec.value - 8_500) < 1e-6)
  assert.equal(found.atLeast, false)
  assert.ok(found.perSec.lo < 8_500 && found.perSec.hi > 8_500)
})

test('a bound on a rung is kept up to that rung; one below the first is never kept; one above the last is open', () => {
  assert.equal(reach(bending, bound(20))?.perSec.value, 4_000)
  assert.equal(reach(bending, bound(9)), null)
  assert.deepEqual(
    [reach(bending, bound(500))?.perSec.value, reach(bending, bound(500))?.atLeast],
    [9_000, true],
  )
})

test('a rung that keeps the bound above one that broke it is luck', () => {
  const lucky = ladderOf([step(1_000, 5_000), step(2_000, 80_000), step(3_000, 5_000)])
  assert.ok((reach(lucky, bound(50))?.perSec.value ?? 0) < 2_000)
})

test('errors break a bound whatever the latency', () => {
  const failing = ladderOf([step(1_000, 5_000), step(2_000, 6_000, { errorShare: 0.01 })])
  assert.equal(reach(failing, bound(50))?.perSec.value, 1_000)
})

test('a looser bound never reaches less, and the interval holds the value', () => {
  const limits = fc.tuple(
    fc.double({ min: 11, max: 600, noNaN: true }),
    fc.double({ min: 1, max: 3, noNaN: true }),
  )
  fc.assert(
    fc.property(limits, ([limit, looser]) => {
      const [tight, loose] = [reach(bending, bound(limit)), reach(bending, bound(limit * looser))]
      assert.ok(tight && loose)
      assert.ok(loose.perSec.value >= tight.perSec.value)
      assert.ok(tight.perSec.lo <= tight.perSec.value && tight.perSec.value <= tight.perSec.hi)
    }),
  )
})

test('between rungs latency lies on the same line; beyond the ends it is that of the end', () => {
  const p99 = (perSec: number) => latencyAt(bending, perSec, ({ p99Us }) => p99Us)?.value ?? Number.NaN
  const near = (perSec: number, us: number) => assert.ok(Math.abs(p99(perSec) / us - 1) < 1e-9, `${perSec}`)
  near(3_000, 10_000 * Math.SQRT2)
  near(2_000, 10_000)
  near(10, 10_000)
  near(20_000, 400_000)
  assert.equal(
    latencyAt(ladderOf([]), 10, ({ p99Us }) => p99Us),
    null,
  )
  const limitUs = 123_456
  const found = reach(bending, { p99Us: limitUs, maxErrorShare: 0 })
  near(found?.perSec.value ?? 0, limitUs)
})

test('a rate that a single block was sent, where it broke in that block, bends no line between rates of several', () => {
  const outlier = step(6_000, 900_000, { blocks: 1 })
  const searched = ladderOf([...bending.rungs, outlier])
  const p99 = (ladder: typeof bending) => latencyAt(ladder, 5_900, ({ p99Us }) => p99Us)
  assert.deepEqual(p99(searched), p99(bending))
  assert.deepEqual(reach(searched, bound(50)), reach(bending, bound(50)))
  const alone = ladderOf([step(2_000, 10_000, { blocks: 1 }), step(4_000, 20_000), outlier])
  assert.equal(reach(alone, bound(500))?.atLeast, false, 'a single rate of several blocks makes no line')
})
