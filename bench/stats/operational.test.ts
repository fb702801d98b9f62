/** Bounds against a textbook's examples, by hand, and around simulated networks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { replicate, simulateClosed } from '../testing/simulation.ts'
import { bottleneck, closedBounds, type Station, throughputBound } from './operational.ts'

const station = (name: string, demandSec: number, servers = 1): Station => ({ name, demandSec, servers })
const delay = (demandSec: number) => station('network', demandSec, Number.POSITIVE_INFINITY)
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), `${found}, not ${expected}`)

/** R. Jain, "The Art of Computer Systems Performance Analysis", 1991, examples 33.7 and 33.8. */
const timesharing = [station('CPU', 5), station('disk A', 4), station('disk B', 3)]
const THINK_SEC = 18

test('a timesharing system: X <= min(1/5, N/30), and 24 users are too many for 100 s', () => {
  assert.equal(throughputBound(timesharing), 1 / 5)
  assert.equal(bottleneck(timesharing), timesharing[0])
  near(closedBounds(timesharing, 5, THINK_SEC).throughputPerSec.hi, 5 / 30)
  near(closedBounds(timesharing, 7, THINK_SEC).throughputPerSec.hi, 1 / 5)
  assert.equal(closedBounds(timesharing, 23, THINK_SEC).responseSec.lo, 97)
  assert.equal(closedBounds(timesharing, 24, THINK_SEC).responseSec.lo, 102)
  assert.deepEqual(closedBounds(timesharing, 10, THINK_SEC).responseSec, { lo: 32, hi: 120 })
  near(closedBounds(timesharing, 10, THINK_SEC).throughputPerSec.lo, 10 / 138)
})

test('four replicas, Redis and a network: m/D each, and a box of two cores for all but the network', () => {
  const redis = station('redis', 0.0004)
  const stations = [station('replicas', 0.002, 4), redis, delay(0.1)]
  near(throughputBound(stations), 2_000)
  near(throughputBound(stations, 2), 2 / 0.0024)
  near(throughputBound(stations, 64), 2_000)
  assert.equal(bottleneck(stations)?.name, 'replicas')
  assert.equal(bottleneck([...stations, station('proxy', 0.0006)])?.name, 'proxy')
  const { responseSec } = closedBounds(stations, 9, 0)
  near(responseSec.lo, 0.1024)
  near(responseSec.hi, 0.002 * 3 + 0.0004 * 9 + 0.1)
})

test('what has no demand limits nothing', () => {
  assert.equal(throughputBound([]), Number.POSITIVE_INFINITY)
  assert.equal(throughputBound([delay(1), station('idle', 0)], 2), Number.POSITIVE_INFINITY)
  assert.equal(bottleneck([delay(1), station('idle', 0)]), null)
  const { throughputPerSec, responseSec } = closedBounds([station('idle', 0)], 3, 0)
  assert.deepEqual(responseSec, { lo: 0, hi: 0 })
  assert.deepEqual(throughputPerSec, { lo: Number.POSITIVE_INFINITY, hi: Number.POSITIVE_INFINITY })
})

test('lo <= hi, closed below open, one customer never waits, more customers never complete less', () => {
  const demandSec = fc.double({ min: 1e-6, max: 10, noNaN: true })
  const servers = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constant(Number.POSITIVE_INFINITY))
  const stations = fc.array(fc.record({ name: fc.constant('any'), demandSec, servers }), { minLength: 1 })
  const think = fc.double({ min: 0, max: 100, noNaN: true })
  fc.assert(
    fc.property(stations, think, fc.integer({ min: 1, max: 200 }), (network, thinkSec, customers) => {
      const [now, more] = [customers, customers + 1].map((n) => closedBounds(network, n, thinkSec))
      assert.ok(now && more && now.responseSec.lo <= now.responseSec.hi * (1 + 1e-12))
      assert.ok(now.throughputPerSec.lo <= now.throughputPerSec.hi * (1 + 1e-12))
      assert.ok(now.throughputPerSec.hi <= throughputBound(network) * (1 + 1e-12))
      for (const end of ['lo', 'hi'] as const) {
        assert.ok(more.throughputPerSec[end] >= now.throughputPerSec[end] * (1 - 1e-12))
        assert.ok(more.responseSec[end] >= now.responseSec[end] * (1 - 1e-12))
      }
      const alone = closedBounds(network, 1, thinkSec)
      near(alone.throughputPerSec.lo, alone.throughputPerSec.hi)
    }),
  )
})

/**
 * X of N customers who think exponentially before m servers, from p(n)/p(n − 1) = (N − n + 1)·D/(Z·min(n, m)): the
 * birth-death process of a machine repairman. Scaled to a sum of 1 at each step, as the terms themselves overflow.
 */
function repairman(customers: number, demandSec: number, thinkSec: number, servers: number): number {
  let [last, perSec] = [1, 0]
  for (let n = 1; n <= customers; n++) {
    const busy = Math.min(n, servers)
    const next = (last * (customers - n + 1) * demandSec) / (thinkSec * busy)
    perSec = (perSec + (next * busy) / demandSec) / (1 + next)
    last = next / (1 + next)
  }
  return perSec
}

test('the closed form of a machine repairman lies within, and meets both ends of the upper bound', () => {
  const sec = fc.double({ min: 1e-4, max: 10, noNaN: true })
  const machines = fc.integer({ min: 1, max: 16 })
  fc.assert(
    fc.property(sec, sec, machines, fc.integer({ min: 1, max: 60 }), (demandSec, thinkSec, m, n) => {
      const x = (customers: number) => repairman(customers, demandSec, thinkSec, m)
      const { lo, hi } = closedBounds([station('any', demandSec, m)], n, thinkSec).throughputPerSec
      assert.ok(x(n) <= hi * (1 + 1e-9) && x(n) >= lo * (1 - 1e-9))
      near(x(1), 1 / (demandSec + thinkSec))
      const saturating = Math.ceil(20 * m * (1 + thinkSec / demandSec))
      if (saturating < 100_000) assert.ok(Math.abs((x(saturating) * demandSec) / m - 1) < 0.01)
    }),
  )
})

test('simulated servers with one queue have the throughput of their birth-death process', () => {
  const [x] = replicate((seed) => [
    simulateClosed([station('any', 1, 4)], 10, 1, { seed, requests: 5_000 }).throughputPerSec,
  ])
  assert.ok(x && Math.abs(x.mean - repairman(10, 1, 1, 4)) <= x.bound, `${x?.mean} ± ${x?.bound}`)
  assert.ok(x.bound < 0.05 * x.mean, 'a law that is wrong by 5 % cannot pass')
})

test('simulated networks lie within, by far more than chance', () => {
  // Over 30 seeds the figures of such runs have a standard deviation of 0.3 to 0.6 %; each end is 5 % away.
  const network = [station('replicas', 0.4, 3), station('redis', 0.1), delay(0.1)]
  for (const customers of [5, 6, 8]) {
    const found = simulateClosed(network, customers, 0.2, { seed: customers, requests: 20_000 })
    const { throughputPerSec, responseSec } = closedBounds(network, customers, 0.2)
    assert.ok(found.throughputPerSec * 1.05 < throughputPerSec.hi, `${found.throughputPerSec}`)
    assert.ok(found.throughputPerSec * 0.95 > throughputPerSec.lo)
    assert.ok(found.responseSec * 0.95 > responseSec.lo)
    assert.ok(found.responseSec * 1.05 < responseSec.hi)
  }
})

test('refuses what is no network', () => {
  for (const bad of [station('a', -1), station('a', Number.NaN), station('a', 1, 0), station('a', 1, 1.5)]) {
    assert.throws(() => throughputBound([bad]), RangeError)
    assert.throws(() => bottleneck([bad]), RangeError)
    assert.throws(() => closedBounds([bad], 1, 0), RangeError)
  }
  assert.throws(() => throughputBound(timesharing, 0), RangeError)
  for (const customers of [0, 1.5, Number.NaN])
    assert.throws(() => closedBounds(timesharing, customers, 0), RangeError)
  for (const think of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => closedBounds(timesharing, 1, think), RangeError)
})
