/** How readings become a record: arithmetic on known numbers, and each warning raised exactly when it should be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Readings, toMeasurement } from './measurement.ts'
import type { Placement, Warning } from './types.ts'

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
        replicas: 1,
        users: 1_000,
        load: { loop: 'closed', connections: 32 },
        warmupSec: 1,
        measureSec: 2,
        twin: false,
      },
    },
    placement: twoCores,
    idle: memory,
    loggedIn: { ...memory, replicaBytes: 11_000_000, redisBytes: 1_300_000 },
    logins: { count: 1_000, seconds: 0.5 },
    load: {
      windowSec: 2,
      requests: 20_000,
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
      harnessCpuUs: 8_000,
      host: { busyUs: 3_400_000, stealUs: 0, totalUs: 4_000_000 },
      replicas: [
        {
          cpuUs: 1,
          rssBytes: 70_000_000,
          heapBytes: 12_000_000,
          externalBytes: 1_000_000,
          eventLoopDelayUs: { mean: 100, p50: 50, p99: 900, max: 2_000 },
        },
      ],
      redisCommandsPerRequest: (requests) => ({ get: 20_000 / requests, expire: 20_000 / requests }),
      replicaRequests: { r1: 20_000 },
    },
  }
}

function warnings(change: (readings: Readings) => void): Warning[] {
  const changed = readings()
  change(changed)
  return toMeasurement(changed).warnings
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

test('a full shared core is blamed on the instrument, not on Redis', () => {
  const full = warnings(({ window }) => {
    window.tierCpuUs = { replicas: 1_900_000, redis: 900_000, proxy: 600_000, generator: 450_000 }
  })
  assert.deepEqual(full, ['proxy-saturated'])
})

test('Redis on a CPU of its own is blamed when it is full', () => {
  const full = warnings((changed) => {
    changed.placement = {
      ...twoCores,
      cores: 4,
      sharedCpus: { redis: [1], proxy: [2], generator: [3] },
    }
    changed.window.tierCpuUs = { replicas: 1_000_000, redis: 1_960_000, proxy: 600_000, generator: 450_000 }
  })
  assert.deepEqual(full, ['redis-saturated', 'replica-not-saturated'])
})

const cases: [Warning, (readings: Readings) => void][] = [
  [
    'replica-not-saturated',
    ({ window }) => {
      window.tierCpuUs.replicas = 1_700_000
      window.host = { busyUs: 3_120_000, stealUs: 0, totalUs: 4_000_000 }
    },
  ],
  [
    'foreign-cpu',
    ({ window }) => Object.assign(window, { host: { busyUs: 3_700_000, stealUs: 0, totalUs: 4e6 } }),
  ],
  [
    'steal',
    ({ window }) => Object.assign(window, { host: { busyUs: 3_390_000, stealUs: 100_000, totalUs: 4e6 } }),
  ],
  ['users-not-rotating', ({ load }) => Object.assign(load, { distinctUsers: 700 })],
  ['tier-not-measured', ({ window }) => Object.assign(window.tierCpuUs, { proxy: null })],
]
for (const [warning, change] of cases) {
  test(`${warning} is raised, alone`, () => assert.deepEqual(warnings(change), [warning]))
}

test('replicas that share a core are flagged, and uneven ones', () => {
  const flagged = warnings((changed) => {
    changed.trial.arm.replicas = 2
    changed.placement = { ...twoCores, replicaCpus: [[0], [0]] }
    changed.window.replicaRequests = { r1: 14_000, r2: 6_000 }
  })
  assert.deepEqual(flagged, ['replicas-share-cores', 'replicas-uneven'])
})

test('without pinning no tier is blamed, and the record says that nothing was pinned', () => {
  const flagged = warnings((changed) => {
    changed.placement = { ...twoCores, method: 'none' }
    changed.window.tierCpuUs = { replicas: 1_000_000, redis: 900_000, proxy: 900_000, generator: 900_000 }
  })
  assert.deepEqual(flagged, ['placement-unpinned'])
})

test('a tier that cannot be read leaves foreign CPU unknown, not zero', () => {
  const changed = readings()
  changed.window.tierCpuUs.proxy = null
  assert.equal(toMeasurement(changed).host.foreignCores, null)
})
