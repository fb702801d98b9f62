/** The laws and statistics of the proofs, against values that are known otherwise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scheduleOf } from '../load/open/schedule.ts'
import { createHistogram, recordUs } from '../stats/histogram.ts'
import {
  countUpTo,
  dispersion,
  drainUtilization,
  nearestRank,
  poissonBand,
  ratePerSec,
  stopMeanMs,
  stopQuantileMs,
} from './laws.ts'

const near = (actual: number, expected: number, share: number) =>
  assert.ok(Math.abs(actual - expected) <= share * expected, `${actual}, expected ${expected}`)

test('a stop of 1 s in 10 s at 5 % utilization, worked out by hand', () => {
  const stop = { stopSec: 1, runSec: 10, utilization: 0.05 }
  near(stopQuantileMs(stop, 0.99), 905, 1e-9)
  near(stopQuantileMs(stop, 0.95), 525, 1e-9)
  near(stopQuantileMs(stop, 0.9), 50, 1e-9)
  assert.equal(stopQuantileMs(stop, 0.5), 0)
  near(stopMeanMs(stop), 52.6, 0.001)
})

/** Even arrivals at a server that stops once: what each waited, and when the server turned to it. */
function simulatedStop(utilization: number): { latencies: number[]; begun: number[] } {
  const [perSec, runSec, stopFrom, stopUntil] = [1_000, 10, 4, 5]
  const service = utilization / perSec
  let freeAt = 0
  const begun = Array.from({ length: perSec * runSec }, (_, i) => {
    const free = Math.max(i / perSec, freeAt)
    const begin = free >= stopFrom && free < stopUntil ? stopUntil : free
    freeAt = begin + service
    return begin * 1e6
  })
  return { begun, latencies: begun.map((at, i) => at / 1_000 - (i * 1_000) / perSec) }
}

for (const utilization of [0.05, 0.3]) {
  test(`the law of the stopped server is that of a simulated queue at utilization ${utilization}`, () => {
    const { latencies, begun } = simulatedStop(utilization)
    near(drainUtilization(begun, 1_000), utilization, 0.05)
    const stop = { stopSec: 1, runSec: 10, utilization }
    for (const share of [0.95, 0.99]) near(nearestRank(latencies, share), stopQuantileMs(stop, share), 0.01)
    near(latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length, stopMeanMs(stop), 0.01)
  })
}

function arrivals(spacing: 'even' | 'poisson', seed: number, sec = 10): number[] {
  const next = scheduleOf({ arrivalsPerSec: 1_000, spacing, seed })
  const times: number[] = []
  for (let at = next(); at < sec * 1e6; at = next()) times.push(at)
  return times
}

test('the rate is found whatever single arrivals are late by, and a missing tenth of a per cent shows', () => {
  const even = arrivals('even', 1)
  near(ratePerSec(even), 1_000, 1e-9)
  near(ratePerSec(even.map((at, i) => at + (i % 50 === 0 ? 2_000 : 0))), 1_000, 1e-4)
  near(ratePerSec(even.map((at) => at * 1.002)), 998, 1e-4)
  assert.deepEqual([ratePerSec([]), ratePerSec([5])], [0, 0])
})

test('dispersion tells even, Poisson and bursts apart', () => {
  const { index, windows } = dispersion(arrivals('even', 1), 20_000)
  assert.ok(index < 0.01, `${index}`)
  assert.equal(windows, 499)
  const bursts = arrivals('even', 1).map((at) => Math.floor(at / 100_000) * 100_000)
  assert.ok(dispersion(bursts, 20_000).index > 50)
})

test('of a thousand Poisson processes about one lies outside of the band', () => {
  const { lo, hi } = poissonBand(100, 0.99)
  const outside = Array.from({ length: 1_000 }, (_, seed) => dispersion(arrivals('poisson', seed, 2), 20_000))
    .map(({ index }) => index)
    .filter((index) => index < lo || index > hi)
  assert.ok(outside.length >= 2 && outside.length <= 22, `${outside.length} of 1000 at 99 %`)
})

test('the band is chi-square, as tables give it for 100 degrees of freedom', () => {
  const { lo, hi } = poissonBand(101, 0.95)
  near(lo * 100, 74.222, 0.001)
  near(hi * 100, 129.561, 0.001)
})

test('nearest rank is a value of the sample', () => {
  assert.equal(nearestRank([4, 1, 3, 2], 0.5), 2)
  assert.equal(nearestRank([4, 1, 3, 2], 0.51), 3)
  assert.equal(nearestRank([7], 0.99), 7)
  assert.throws(() => nearestRank([], 0.5), RangeError)
})

test('a histogram is asked how many values lie below', () => {
  const histogram = createHistogram()
  assert.equal(countUpTo(histogram, 10), 0)
  for (let us = 1; us <= 1_000; us++) recordUs(histogram, us)
  assert.equal(countUpTo(histogram, 0), 0)
  assert.equal(countUpTo(histogram, 250), 250)
  assert.equal(countUpTo(histogram, 5_000), 1_000)
})
