/** M/M/m against closed forms of one and two servers, the textbook sum, its own mean, and a simulated queue. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mean } from 'simple-statistics'
import { replicate, simulateOpen } from '../testing/simulation.ts'
import { erlangC, meanResponseSec, type OpenQueue, responseQuantileSec } from './erlang.ts'
import { quantiles } from './quantiles.ts'

const near = (found: number, expected: number, error = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= error * Math.abs(expected), `${found}, not ${expected}`)
const queueOf = (servers: number, utilization: number, serviceSec = 1): OpenQueue => ({
  arrivalsPerSec: (utilization * servers) / serviceSec,
  serviceSec,
  servers,
})

const busy = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1_000)
const few = fc.integer({ min: 1, max: 40 })
const share = fc.integer({ min: 0, max: 9_999 }).map((parts) => parts / 10_000)

test('C is what is known by hand: ρ, 2ρ²/(1 + ρ), and 4/9 for two erlangs at three servers', () => {
  fc.assert(
    fc.property(busy, (rho) => {
      near(erlangC(1, rho), rho)
      near(erlangC(2, 2 * rho), (2 * rho ** 2) / (1 + rho))
    }),
  )
  near(erlangC(3, 2), 4 / 9)
})

test('C is the sum of the textbooks, a^m/m!·m/(m − a) over that and Σ a^k/k! below m', () => {
  fc.assert(
    fc.property(few, busy, (servers, rho) => {
      const erlangs = servers * rho
      let [term, below] = [1, 0]
      for (let k = 1; k <= servers; k++) {
        below += term
        term *= erlangs / k
      }
      const all = (term * servers) / (servers - erlangs)
      near(erlangC(servers, erlangs), all / (below + all))
    }),
  )
})

test('C is a probability, falls with servers at the same utilization, rises with load, and is 1 from saturation on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), busy, (servers, rho) => {
      const waiting = erlangC(servers, servers * rho)
      assert.ok(waiting >= 0 && waiting <= 1)
      assert.ok(erlangC(servers + 1, (servers + 1) * rho) <= waiting * (1 + 1e-9))
      assert.ok(erlangC(servers, servers * Math.min(0.9999, rho + 0.0005)) >= waiting)
    }),
  )
  assert.equal(erlangC(3, 3), 1)
  assert.equal(erlangC(3, 7), 1)
})

test('one server: response times are exponential with mean s/(1 − ρ)', () => {
  fc.assert(
    fc.property(busy, share, (rho, p) => {
      const queue = queueOf(1, rho, 0.004)
      near(meanResponseSec(queue), 0.004 / (1 - rho))
      near(responseQuantileSec(queue, p), (-Math.log1p(-p) * 0.004) / (1 - rho))
    }),
  )
})

test('two servers: mean s/(1 − ρ²); at one erlang, where mμ − λ = μ, P(R > t) = exp(−t)·(1 + t/3)', () => {
  fc.assert(fc.property(busy, (rho) => near(meanResponseSec(queueOf(2, rho, 0.004)), 0.004 / (1 - rho ** 2))))
  fc.assert(
    fc.property(share, (p) => {
      const t = responseQuantileSec(queueOf(2, 0.5), p)
      assert.ok(Math.abs(Math.exp(-t) * (1 + t / 3) - (1 - p)) < 1e-12)
      for (const rho of [0.5 - 1e-12, 0.5 + 1e-12]) near(responseQuantileSec(queueOf(2, rho), p), t, 1e-9)
    }),
  )
})

test('quantiles grow with p, with load, and with service time in proportion; they are never below those of service', () => {
  fc.assert(
    fc.property(few, busy, share, share, (servers, rho, p, q) => {
      const queue = queueOf(servers, rho)
      const [low, high] = [Math.min(p, q), Math.max(p, q)].map((s) => responseQuantileSec(queue, s)) as [
        number,
        number,
      ]
      assert.ok(low <= high)
      assert.ok(
        responseQuantileSec(queueOf(servers, rho / 2), p) <= responseQuantileSec(queue, p) * (1 + 1e-9),
      )
      near(responseQuantileSec(queueOf(servers, rho, 0.5), p), responseQuantileSec(queue, p) / 2, 1e-8)
      assert.ok(responseQuantileSec(queue, p) >= -Math.log1p(-p) * (1 - 1e-8) - 1e-12)
    }),
  )
})

test('the mean of all quantiles is the mean', () => {
  // Midpoints miss the logarithmic end by about ln(2)/2 of one step, which is divided by the slowest rate.
  const steps = 5_000
  for (const [servers, rho] of [
    [1, 0.9],
    [2, 0.5],
    [4, 0.2],
    [4, 0.75],
    [8, 0.95],
  ] as const) {
    const queue = queueOf(servers, rho)
    const found = mean(Array.from({ length: steps }, (_, i) => responseQuantileSec(queue, (i + 0.5) / steps)))
    near(found, meanResponseSec(queue), 0.001)
  }
})

test('a simulated queue agrees within the chance of the simulation', () => {
  // `replicate`'s bound is exceeded by chance once in 10,000 comparisons; it has to be below 5 % to say something.
  for (const [servers, rho] of [
    [1, 0.5],
    [2, 0.5],
    [4, 0.7],
  ] as const) {
    const queue = queueOf(servers, rho, 0.004)
    const simulated = replicate((seed) => {
      const responses = simulateOpen(queue, { seed, requests: 40_000 })
      return [mean(responses), ...quantiles(responses, [0.5, 0.9, 0.99])]
    })
    const expected = [meanResponseSec(queue), ...[0.5, 0.9, 0.99].map((p) => responseQuantileSec(queue, p))]
    for (const [i, value] of expected.entries()) {
      const { mean: found, bound } = simulated[i] as { mean: number; bound: number }
      assert.ok(
        Math.abs(found - value) <= bound,
        `${servers} at ${rho}, ${i}: ${found} ± ${bound}, expected ${value}`,
      )
      assert.ok(bound < 0.05 * value, `${servers} at ${rho}, ${i}: ± ${bound} of ${value}`)
    }
  }
})

test('from saturation on there is no mean and no quantile; without arrivals there is only service', () => {
  for (const rho of [1, 1.5]) {
    assert.equal(meanResponseSec(queueOf(3, rho)), Number.POSITIVE_INFINITY)
    assert.equal(responseQuantileSec(queueOf(3, rho), 0.5), Number.POSITIVE_INFINITY)
  }
  assert.equal(meanResponseSec(queueOf(3, 0)), 1)
  near(responseQuantileSec(queueOf(3, 0), 0.5), Math.LN2)
  assert.equal(responseQuantileSec(queueOf(3, 0.5), 0), 0)
})

test('refuses what is no queue', () => {
  for (const servers of [0, 1.5, Number.POSITIVE_INFINITY])
    assert.throws(() => erlangC(servers, 1), RangeError)
  for (const erlangs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => erlangC(1, erlangs), RangeError)
  for (const p of [-0.1, 1, Number.NaN])
    assert.throws(() => responseQuantileSec(queueOf(1, 0.5), p), RangeError)
  for (const bad of [
    { arrivalsPerSec: Number.NaN },
    { arrivalsPerSec: -1, serviceSec: 0 },
    { arrivalsPerSec: 0, serviceSec: -1 },
  ])
    assert.throws(() => meanResponseSec({ ...queueOf(1, 0.5), ...bad }), RangeError)
})
