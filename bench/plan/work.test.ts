/** Longer requests on the same replica: the same busy share at a lower rate, and a queue that is as much longer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bending, flat } from '../testing/evidence.ts'
import { withWork } from './work.ts'

const near = (found: number | undefined, expected: number) =>
  assert.ok(Math.abs((found ?? Number.NaN) / expected - 1) < 1e-9, `${found}, not ${expected}`)

test('twice as long: half the rate, and S·ln 100/(1 − ρ) more at p99, worked out by hand', () => {
  const [first] = withWork(bending, flat(100), () => 2).rungs
  near(first?.arrivalsPerSec, 1_000)
  // 2,000/s at 100 µs are a fifth of a core: 125 µs on the mean, and ln 100 times that at the p99.
  near(first?.meanUs.value, 2_500 + 125)
  near(first?.p99Us.value, 10_000 + 125 * Math.log(100))
})

test('as long as before changes nothing but that the capacity is read from the ladder', () => {
  const same = withWork(bending, flat(100), () => 1)
  for (const [i, rung] of same.rungs.entries()) near(rung.p99Us.value, bending.rungs[i]?.p99Us.value ?? 0)
  assert.equal(same.capacityPerSec, null)
})
