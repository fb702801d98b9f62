/** Waiting at shared tiers: by its closed form, as properties, and against a simulated queue. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quantile } from '../stats/quantiles.ts'
import { replicate, simulateOpen } from '../testing/simulation.ts'
import { exactly } from './range.ts'
import { addedUs, type SharedServer, tooLong } from './waiting.ts'

const server = (busy: number, busyWhenMeasured = 0, us = 20): SharedServer => {
  return { demandUs: { value: us, lo: us / 2, hi: us * 2 }, busy, busyWhenMeasured }
}
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), `${found}, not ${expected}`)

test('one server: S/(1 − ρ) on the mean, S·ln 100/(1 − ρ) on the p99, less what was there when measured', () => {
  const { p50, p99 } = addedUs([server(0.8, 0.5)])
  near(p50.value, 20 / 0.2 - 20 / 0.5)
  near(p99.value, Math.log(100) * (20 / 0.2 - 20 / 0.5))
  near(p99.lo, p99.value / 2)
  near(p99.hi, p99.value * 2)
})

test('nothing where no server is busier than it was, where none is shared, and where one takes no time', () => {
  for (const servers of [
    [server(0.3, 0.3)],
    [server(0.2, 0.6)],
    [],
    [{ ...server(0.9), demandUs: exactly(0) }],
  ])
    assert.deepEqual(addedUs(servers), { p50: exactly(0), p99: exactly(0) })
})

test('no end at a server that has no time left', () => {
  assert.equal(addedUs([server(0.1), server(1)]).p99.value, Number.POSITIVE_INFINITY)
})

test('tiers add up; busier never waits less', () => {
  const share = fc.double({ min: 0, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(share, share, share, (a, b, more) => {
      const alone = addedUs([server(a)]).p99.value + addedUs([server(b, 0, 50)]).p99.value
      near(addedUs([server(a), server(b, 0, 50)]).p99.value, alone)
      assert.ok(addedUs([server(Math.max(a, more))]).p50.value >= addedUs([server(a)]).p50.value)
    }),
  )
})

test('a simulated response with one short wait after another: the median grows by the mean, p99 by less than said', () => {
  // A replica's 1 ms, exponential, and then 20 µs at a server that is idle before and 80 % busy after.
  const requests = 40_000
  const [p50, p99] = replicate((seed) => {
    const at = (arrivalsPerSec: number, serviceSec: number, stream: number) =>
      simulateOpen({ arrivalsPerSec, serviceSec, servers: 1 }, { seed: 3 * seed + stream, requests })
    const [replica, idle, busy] = [at(1, 1e-3, 0), at(1, 20e-6, 1), at(40_000, 20e-6, 2)]
    const through = (shared: number[]) => replica.map((sec, i) => sec + (shared[i] ?? 0))
    return [0.5, 0.99].map((p) => 1e6 * (quantile(through(busy), p) - quantile(through(idle), p)))
  })
  const said = addedUs([server(0.8)])
  assert.ok(p50 && p99)
  // To second order a median grows by half the variance over that 1 ms more, here 6 %.
  assert.ok(
    Math.abs(p50.mean - said.p50.value) < 0.1 * said.p50.value + p50.bound,
    `${p50.mean} ± ${p50.bound}`,
  )
  assert.ok(p99.mean > said.p50.value - p99.bound && p99.mean < said.p99.value, `${p99.mean}`)
})

test('a bound that waiting alone breaks is named; one that the replica breaks is not', () => {
  const asked = { p99Ms: 10, headroom: 0.1 }
  assert.match(
    tooLong(9_900, 200, asked) ?? '',
    /^< 1 ms of waiting.*10 % kept free.*10\.1 ms instead of 10 ms/,
  )
  assert.equal(tooLong(9_700, 200, asked), null)
  assert.equal(tooLong(10_500, 200, asked), null)
  assert.match(tooLong(10_500, Number.POSITIVE_INFINITY, asked) ?? '', /^time without end/)
})
