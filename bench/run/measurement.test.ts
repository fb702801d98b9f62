/** How readings become a record: arithmetic on known numbers, and the run's own gates applied to them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AS_IT_IS } from '../experiments/arms.ts'
import type { Placement } from '../record/types.ts'
import { gates } from './gates.ts'
import { type Readings, toMeasurement } from './measurement.ts'

/** Two cores: the replica on 0, everything else on 1. */
const twoCores: Placement = {
  method: 'taskset',
  cores: 2,
  replicaCpus: [[0]],
  sharedCpus: { redis: [1], proxy: [1], generator: [1] },
  maxExclusiveReplicas: 1,
}

/** A clean trial of 2 s: 20,000 requests, the replica full, the shared core at 70 %. */
function readings(): Readings {
  const memory = { replicaBytes: 10_000_000, replicaRssBytes: 60_000_000, redisBytes: 900_000 }
  return {
    trial: {
      id: 'cost/session-redis@0',
      block: 0,
      position: 0,
      arm: {
        id: 'cost/session-redis',
        experiment: 'cost',
        scheme: 'session-redis',
        ...AS_IT_IS,
        replicas: 1,
        users: 1_000,
        load: { loop: 'closed', connections: 32 },
        warmupSec: 1,
        warmupRequests: 0,
        measureSec: 2,
        twin: false,
      },
    },
    placement: twoCores,
    gates: gates(),
    sent: { loop: 'closed', connections: 32 },
    idle: memory,
    loggedIn: { ...memory, replicaBytes: 11_000_000, redisBytes: 1_300_000 },
    logins: { count: 1_000, seconds: 0.5 },
    protocols: null,
    load: {
      windowSec: 2,
      requests: 20_000,
      requestsPerSlice: new Array(10).fill(2_000),
      arrivals: null,
      statusCounts: { '200': 20_000 },
      errors: 0,
      verifiedBodies: 1_250,
      wrongAnswers: 0,
      wrongExamples: [],
      distinctUsers: 1_000,
      latencyUs: { mean: 3_200, p50: 3_100, p90: 4_000, p99: 6_000, p999: 9_000, max: 12_000 },
      bytesSent: 4_000_000,
      bytesReceived: 6_000_000,
    },
    window: {
      seconds: 2,
      tierCpuUs: { replicas: 1_980_000, redis: 400_000, proxy: 500_000, generator: 500_000 },
      replicaTimes: [{ cpuUs: 1_980_000, mainCpuUs: 1_900_000, mainWaitUs: 90_000 }],
      replicaCpu: [
        { atUs: 1_000_000, cpuUs: 5_000_000 },
        { atUs: 3_000_000, cpuUs: 6_980_000 },
      ],
      throttledUs: 20_000,
      replicaPeakRssBytes: [95_000_000],
      harnessCpuUs: 8_000,
      linkCpuUs: 0,
      aboutCpuUs: 0,
      pace: null,
      host: { busyUs: 3_400_000, stealUs: 0, totalUs: 4_000_000 },
      replicas: [
        {
          cpuUs: 1,
          rssBytes: 70_000_000,
          heapBytes: 12_000_000,
          externalBytes: 1_000_000,
          activeResources: 0,
          eventLoopDelayUs: { mean: 100, p50: 50, p99: 900, max: 2_000 },
        },
      ],
      redisCommandsPerRequest: (requests) => ({ get: 20_000 / requests, expire: 20_000 / requests }),
      replicaRequests: { r1: 20_000 },
    },
  }
}

test('figures are per second of the window and per reply', () => {
  const measured = toMeasurement(readings())
  assert.equal(measured.throughputPerSec, 10_000)
  assert.deepEqual(measured.cpuUsPerRequest, { replicas: 99, redis: 20, proxy: 25, generator: 25 })
  assert.deepEqual(measured.utilization, { replicas: 0.99, redis: 0.2, proxy: 0.25, generator: 0.25 })
  assert.deepEqual(measured.bytesPerRequest, { sent: 200, received: 300 })
  assert.deepEqual(measured.redisCommandsPerRequest, { get: 1, expire: 1 })
  assert.equal(measured.host.busyCores, 1.7)
  assert.equal(measured.host.probeCores, 0.004)
  assert.ok(Math.abs((measured.host.foreignCores ?? 1) - 0.006) < 1e-9)
  assert.deepEqual(measured.warnings, [])
})

test('the record carries the checks, and what breaks a gate of the run', () => {
  const { checks, warnings } = toMeasurement(readings())
  assert.equal(checks.littleRatio, 1)
  assert.ok(
    Math.abs((checks.replicaWaitShare ?? 1) - 0.005) < 1e-9,
    '90 ms waited, 80 ms of them for its own pool',
  )
  assert.equal(checks.throttledShare, 0.01)
  assert.ok(Math.abs(checks.cpuTrend ?? 1) < 1e-9)
  assert.deepEqual(warnings, [])
  const strict = readings()
  strict.gates = strict.gates.map((gate) => (gate.id === 'throttled' ? { ...gate, limit: 0.009 } : gate))
  assert.deepEqual(
    toMeasurement(strict).warnings,
    ['throttled'],
    'limits are the run’s, not those of the code',
  )
})

test('under quotas slices of about a period show no trend, longer ones do', () => {
  const trendOf = (windowSec: number) => {
    const limited = readings()
    const quotas = { replicaCores: 0.1, redisCores: 0.1, proxyCores: 0.15, ballastCores: 0.5 }
    limited.trial = { ...limited.trial, arm: { ...limited.trial.arm, quotas } }
    limited.load.windowSec = windowSec
    return toMeasurement(limited).checks.cpuTrend
  }
  assert.equal(trendOf(2), null)
  assert.equal(typeof trendOf(6), 'number')
})

test('a link to Redis is no foreign CPU and no tier, but it fills the CPUs that the generator runs on', () => {
  const linked = readings()
  linked.window.linkCpuUs = 900_000
  linked.window.host = { busyUs: 4_300_000, stealUs: 0, totalUs: 4_400_000 }
  const { host, utilization, warnings } = toMeasurement(linked)
  assert.equal(host.linkCores, 0.45)
  assert.ok(Math.abs((host.foreignCores ?? 1) - 0.006) < 1e-9)
  assert.deepEqual(utilization, toMeasurement(readings()).utilization)
  assert.deepEqual(warnings, ['generator-saturated'])
})

test('a tier that cannot be read leaves foreign CPU unknown, not zero', () => {
  const changed = readings()
  changed.window.tierCpuUs.proxy = null
  assert.equal(toMeasurement(changed).host.foreignCores, null)
})
