/** Mean value analysis against a textbook's table, closed forms, the laws that bind it, and simulated networks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { solveClosed } from './mva.ts'
import { closedBounds, type Station } from './operational.ts'
import { replicate, simulateClosed } from './simulation-for-tests.ts'

const station = (demandSec: number, servers = 1): Station => ({ name: 'any', demandSec, servers })
const near = (found: number, expected: number, error = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= error * Math.abs(expected), `${found}, not ${expected}`)

test('the central server of Jain, "The Art of Computer Systems Performance Analysis", 1991, table 34.1', () => {
  const table = [
    { n: 1, response: 6, throughput: 0.1, queues: [0.2, 0.3, 0.1] },
    { n: 2, response: 7.4, throughput: 0.175, queues: [0.421, 0.684, 0.193] },
    { n: 3, response: 9.088, throughput: 0.229, queues: [0.651, 1.158, 0.273] },
    { n: 5, response: 13.256, throughput: 0.29, queues: [1.088, 2.365, 0.388] },
    { n: 20, response: 56.016, throughput: 0.333, queues: [1.991, 16.177, 0.5] },
  ]
  for (const { n, response, throughput, queues } of table) {
    const found = solveClosed([station(16 * 0.125), station(10 * 0.3), station(5 * 0.2)], n, 4)
    const figures = [found.responseSec, found.throughputPerSec, ...found.stations.map((s) => s.queueLength)]
    const expected = [response, throughput, ...queues]
    for (const [i, figure] of figures.entries())
      assert.ok(Math.abs(figure - (expected[i] as number)) < 0.000501)
  }
})

const demand = fc.double({ min: 1e-4, max: 10, noNaN: true })
const count = fc.integer({ min: 1, max: 60 })

test('balanced networks: X = N/((N + K − 1)·D), a single station among them', () => {
  fc.assert(
    fc.property(demand, fc.integer({ min: 1, max: 8 }), count, (demandSec, k, n) => {
      const found = solveClosed(
        Array.from({ length: k }, () => station(demandSec)),
        n,
        0,
      )
      near(found.throughputPerSec, n / ((n + k - 1) * demandSec))
      for (const { queueLength } of found.stations) near(queueLength, n / k)
    }),
  )
})

test('a machine repairman: the birth-death process of one server', () => {
  fc.assert(
    fc.property(demand, demand, count, (demandSec, thinkSec, n) => {
      near(
        solveClosed([station(demandSec)], n, thinkSec).throughputPerSec,
        repairman(n, demandSec, thinkSec, 1),
      )
    }),
  )
})

/**
 * X of N customers who think exponentially before m servers, from p(n)/p(n − 1) = (N − n + 1)·D/(Z·min(n, m)). Scaled
 * to a sum of 1 at each step, as the terms themselves overflow.
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

const servers = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constant(Number.POSITIVE_INFINITY))
const anyStation = fc.record({ name: fc.string(), demandSec: demand, servers })
const network = fc.array(anyStation, { minLength: 1, maxLength: 6 })
const think = fc.oneof(fc.constant(0), demand)

test('within the asymptotic bounds; utilization law; Little’s law at each station and of the whole', () => {
  fc.assert(
    fc.property(network, count, think, (stations, n, thinkSec) => {
      const { throughputPerSec: x, responseSec, stations: found } = solveClosed(stations, n, thinkSec)
      const bounds = closedBounds(stations, n, thinkSec)
      assert.ok(x <= bounds.throughputPerSec.hi * (1 + 1e-9) && x >= bounds.throughputPerSec.lo * (1 - 1e-9))
      assert.ok(responseSec <= bounds.responseSec.hi * (1 + 1e-9))
      assert.ok(responseSec >= bounds.responseSec.lo * (1 - 1e-9))
      near(x * (responseSec + thinkSec), n)
      near(found.reduce((sum, { queueLength }) => sum + queueLength, 0) + x * thinkSec, n)
      for (const [k, { name, utilization, queueLength }] of found.entries()) {
        const { demandSec, servers: m, name: own } = stations[k] as Station
        assert.equal(name, own)
        near(utilization, (x * demandSec) / m)
        assert.ok(utilization <= 1 + 1e-9)
        assert.ok(queueLength >= x * demandSec * (1 - 1e-9), 'those in service are there')
      }
    }),
  )
})

test('one more customer completes no less and waits no less; a delay is think time by another name', () => {
  fc.assert(
    fc.property(network, count, think, demand, (stations, n, thinkSec, moved) => {
      const found = solveClosed(stations, n, thinkSec)
      const more = solveClosed(stations, n + 1, thinkSec)
      assert.ok(more.throughputPerSec >= found.throughputPerSec * (1 - 1e-9))
      assert.ok(more.responseSec >= found.responseSec * (1 - 1e-9))
      const delayed = solveClosed([...stations, station(moved, Number.POSITIVE_INFINITY)], n, thinkSec)
      near(delayed.throughputPerSec, solveClosed(stations, n, thinkSec + moved).throughputPerSec)
    }),
  )
})

test('Seidmann: right alone and saturated, never above the truth, below it by 8 % at Z = D and 21 % at Z = 0', () => {
  const multiple = fc.integer({ min: 2, max: 16 })
  const worst = (thinkSec: number) => {
    let error = 0
    for (let m = 2; m <= 16; m++) {
      for (let n = 1; n <= 100; n++) {
        const truth = thinkSec === 0 ? Math.min(n, m) : repairman(n, 1, thinkSec, m)
        error = Math.min(error, solveClosed([station(1, m)], n, thinkSec).throughputPerSec / truth - 1)
      }
    }
    return error
  }
  near(worst(0), -4 / 19)
  near(worst(1), -0.084, 0.01)
  fc.assert(
    fc.property(demand, demand, multiple, count, (demandSec, thinkSec, m, n) => {
      const x = (customers: number) =>
        solveClosed([station(demandSec, m)], customers, thinkSec).throughputPerSec
      near(x(1), 1 / (demandSec + thinkSec))
      assert.ok(x(n) <= repairman(n, demandSec, thinkSec, m) * (1 + 1e-9))
      const saturating = Math.ceil(20 * m * (1 + thinkSec / demandSec))
      if (saturating < 100_000) near(x(saturating), m / demandSec, 0.01)
    }),
  )
})

test('simulated networks of single servers and delays agree within the chance of the simulation', () => {
  const stations = [station(2), station(3), station(1, Number.POSITIVE_INFINITY)]
  for (const n of [2, 8]) {
    const expected = solveClosed(stations, n, 4)
    const simulated = replicate((seed) => {
      const means = simulateClosed(stations, n, 4, { seed, requests: 5_000 })
      return [
        means.throughputPerSec,
        means.responseSec,
        ...means.queueLengths,
        ...means.utilizations.slice(0, 2),
      ]
    })
    const { throughputPerSec, responseSec, stations: each } = expected
    agree(simulated, [
      throughputPerSec,
      responseSec,
      ...each.map(({ queueLength }) => queueLength),
      ...each.slice(0, 2).map(({ utilization }) => utilization),
    ])
  }
})

test('simulated servers with one queue have the throughput of their birth-death process', () => {
  const simulated = replicate((seed) => {
    const means = simulateClosed([station(1, 4)], 10, 1, { seed, requests: 5_000 })
    return [means.throughputPerSec, means.responseSec, ...means.queueLengths, ...means.utilizations]
  })
  const x = repairman(10, 1, 1, 4)
  agree(simulated, [x, 10 / x - 1, 10 - x, x / 4])
})

/**
 * Within `replicate`'s bound, which chance alone exceeds once in 10,000 comparisons; and the bound is below 5 %, so that
 * a law which is wrong by as much cannot pass.
 */
function agree(simulated: readonly { mean: number; bound: number }[], expected: readonly number[]): void {
  assert.equal(simulated.length, expected.length)
  for (const [i, { mean, bound }] of simulated.entries()) {
    const value = expected[i] as number
    assert.ok(Math.abs(mean - value) <= bound, `${i}: simulated ${mean} ± ${bound}, expected ${value}`)
    assert.ok(bound < 0.05 * value, `${i}: ± ${bound} of ${value} says too little`)
  }
}

test('refuses what is no closed network', () => {
  assert.throws(() => solveClosed([], 1, 0), RangeError)
  assert.throws(() => solveClosed([station(0)], 5, 0), RangeError)
  assert.throws(() => solveClosed([station(-1)], 1, 1), RangeError)
  assert.throws(() => solveClosed([station(1)], 0, 1), RangeError)
  assert.throws(() => solveClosed([station(1)], 1, -1), RangeError)
})
