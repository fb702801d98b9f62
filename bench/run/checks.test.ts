/** The checks on windows whose truth is known: made-up ones, and real processes that wait for a CPU. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LoadReport } from '../load/job.ts'
import type { Placement } from '../record/types.ts'
import { cpuTrend, littleRatio, replicaWaitShare } from './checks.ts'

const none = { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }

function load(over: Partial<LoadReport>): LoadReport {
  return {
    windowSec: 2,
    requests: 20_000,
    requestsPerSlice: [],
    statusCounts: {},
    errors: 0,
    verifiedBodies: 0,
    wrongAnswers: 0,
    wrongExamples: [],
    distinctUsers: 0,
    latencyUs: { ...none, mean: 3_200 },
    arrivals: null,
    bytesSent: 0,
    bytesReceived: 0,
    ...over,
  }
}

test('Little’s law: 32 connections at 10,000/s and 3.2 ms are all there, at 1.6 ms half are missing', () => {
  const sent = { loop: 'closed', connections: 32 } as const
  assert.equal(littleRatio(load({}), sent), 1)
  assert.equal(littleRatio(load({ latencyUs: { ...none, mean: 1_600 } }), sent), 2)
  assert.equal(littleRatio(load({ requests: 0 }), sent), null)
})

test('Little’s law says nothing of a closed loop with a handful of replies of each connection', () => {
  const logins = load({ requests: 48, windowSec: 10, latencyUs: { ...none, mean: 1_560_000 } })
  assert.equal(littleRatio(logins, { loop: 'closed', connections: 8 }), null)
  const enough = load({ requests: 640, windowSec: 2, latencyUs: { ...none, mean: 200_000 } })
  assert.equal(littleRatio(enough, { loop: 'closed', connections: 32 }), 0.5)
})

test('in an open loop the time on the wire counts, not the time in the backlog', () => {
  const arrivals = {
    perSec: 10_000,
    spacing: 'even',
    account: { scheduled: 20_000, ok: 20_000, error: 0, timeout: 0, lost: 0, inFlight: 0 },
    noticed: 20_000,
    uncorrectedUs: { ...none, mean: 500 },
    lagUs: none,
    meanInFlight: 5,
    backlogMax: 0,
    reconnects: 0,
    histogram: '',
  } as const
  const sent = { loop: 'open', arrivalsPerSec: 10_000, spacing: 'even', connections: 128, seed: 1 } as const
  assert.equal(littleRatio(load({ arrivals }), sent), 1)
  const behind = { ...arrivals, account: { ...arrivals.account, scheduled: 40_000 } }
  assert.equal(littleRatio(load({ arrivals: behind }), sent), null, 'half of its arrivals are answered later')
})

const pinned = (...cpus: number[][]): Placement => ({
  method: 'taskset',
  cores: 4,
  replicaCpus: cpus,
  sharedCpus: { redis: [3], proxy: [3], generator: [3] },
  maxExclusiveReplicas: 3,
})
const times = (cpuUs: number, mainCpuUs: number, mainWaitUs: number) => ({ cpuUs, mainCpuUs, mainWaitUs })

test('a replica that waits for its own pool, or for its neighbour, waits for nobody else', () => {
  const own = { seconds: 1, replicaTimes: [times(900_000, 400_000, 500_000)] }
  assert.equal(replicaWaitShare(own, pinned([0])), 0)
  const neighbours = {
    seconds: 1,
    replicaTimes: [times(500_000, 500_000, 480_000), times(480_000, 470_000, 490_000)],
  }
  assert.equal(replicaWaitShare(neighbours, pinned([0], [0])), 0)
  assert.equal(
    replicaWaitShare(neighbours, pinned([0], [1])),
    0.48,
    'on CPUs of their own the same is foreign',
  )
})

test('the wait is unknown where a replica may move, is not pinned, or cannot be read', () => {
  const waiting = { seconds: 1, replicaTimes: [times(500_000, 500_000, 400_000)] }
  assert.equal(replicaWaitShare(waiting, pinned([0])), 0.4)
  assert.equal(replicaWaitShare(waiting, pinned([0, 1])), null)
  assert.equal(replicaWaitShare(waiting, { ...pinned([0]), method: 'none' }), null)
  assert.equal(replicaWaitShare({ seconds: 1, replicaTimes: [null] }, pinned([0])), null)
})

/** Cumulative CPU of a replica that uses `cpuUs(t)` µs a second, read at uneven times. */
function samplesOf(cumulative: (sec: number) => number, jitter: readonly number[], seconds = 2) {
  const inner = jitter.map((shift, i) => ((i + 0.5 + shift) * seconds) / jitter.length)
  return [0, ...inner, seconds].map((sec) => ({ atUs: 5e6 + sec * 1e6, cpuUs: 7e6 + cumulative(sec) * 1e6 }))
}

test('steady CPU has no trend, whenever it was read', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (jitter) => {
        const trend = cpuTrend(
          samplesOf((sec) => 0.9 * sec, jitter),
          new Array(10).fill(2_000),
        )
        assert.ok(Math.abs(trend ?? 1) < 1e-6, String(trend))
      },
    ),
  )
})

test('CPU a request that falls by a third shows as that, from the CPU as from the requests', () => {
  // Use falls linearly from 1.2 to 0.8 of its mean: -40 % of the mean.
  const falling = samplesOf((sec) => 0.5 * (1.2 * sec - 0.1 * sec * sec), new Array(200).fill(0))
  assert.ok(Math.abs((cpuTrend(falling, new Array(10).fill(1_000)) ?? 0) + 0.4) < 0.01)
  const flat = samplesOf((sec) => 0.5 * sec, [0, 0])
  const rising = Array.from({ length: 10 }, (_, slice) => 1_000 / (1.19 - 0.0422 * slice))
  assert.ok(Math.abs((cpuTrend(flat, rising) ?? 0) + 0.422) < 0.01)
})

test('a window that is too short, or a slice with hardly a reply, has no trend', () => {
  const steady = (seconds: number) => samplesOf((sec) => sec, [0, 0, 0], seconds)
  assert.equal(cpuTrend(steady(0.9), new Array(10).fill(90)), null)
  assert.notEqual(cpuTrend(steady(2), new Array(10).fill(90)), null)
  assert.equal(cpuTrend(steady(2), [90, 90, 90, 0, 90, 90]), null)
  assert.equal(cpuTrend(steady(2), [90, 90, 90, 4, 90, 90]), null, 'four logins that take a second each')
  assert.equal(cpuTrend([], new Array(10).fill(90)), null)
})
