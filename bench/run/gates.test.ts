/** Each gate is broken by what it is for and by nothing else; what follows is in the table alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningSchema } from '../record/schema/basics.ts'
import type { Arrivals, Measurement, Warning } from '../record/types.ts'
import { type Context, type Facts, gateValues } from './gate-values.ts'
import { breached, decision, gates, invalidity } from './gates.ts'

const latency = { mean: 3_200, p50: 3_100, p90: 4_000, p99: 6_000, p999: 9_000, max: 12_000 }

/** A clean closed-loop window on two cores: the replica full, the shared core at 70 %. */
function clean(): { facts: Facts; context: Context } {
  return {
    facts: {
      windowSec: 2,
      requests: 20_000,
      throughputPerSec: 10_000,
      statusCounts: { '200': 20_000 },
      errors: 0,
      verifiedBodies: 1_250,
      wrongAnswers: 0,
      distinctUsers: 1_000,
      latencyUs: latency,
      arrivals: null,
      cpuUsPerRequest: { replicas: 99, redis: 20, proxy: 25, generator: 25 },
      utilization: { replicas: 0.99, redis: 0.2, proxy: 0.26, generator: 0.24 },
      memory: {
        replicaRssBytes: [1],
        replicaHeapBytes: [1],
        idleReplicaBytes: 1,
        loggedInReplicaBytes: 1,
        idleReplicaRssBytes: 1,
        loggedInReplicaRssBytes: 1,
        idleRedisBytes: 1,
        loggedInRedisBytes: 1,
      },
      redisCommandsPerRequest: { get: 1 },
      bytesPerRequest: { sent: 1, received: 1 },
      journeys: null,
      handshakes: null,
      protocols: null,
      eventLoopDelayUs: null,
      replicaShare: [1],
      host: { cores: 2, busyCores: 1.7, foreignCores: 0.01, stealShare: 0, probeCores: 0.004 },
      checks: { littleRatio: 1.001, replicaWaitShare: 0.001, throttledShare: 0, cpuTrend: -0.02 },
      logins: { count: 1_000, seconds: 0.5 },
    },
    context: {
      arm: { replicas: 1, users: 1_000, quotas: null },
      loop: 'closed',
      placement: {
        method: 'taskset',
        cores: 2,
        replicaCpus: [[0]],
        sharedCpus: { redis: [1], proxy: [1], generator: [1] },
        maxExclusiveReplicas: 1,
      },
    },
  }
}

const arrivals = (): Arrivals => ({
  perSec: 10_000,
  spacing: 'poisson',
  account: { scheduled: 20_100, ok: 20_100, error: 0, timeout: 0, lost: 0, inFlight: 0 },
  noticed: 20_090,
  uncorrectedUs: latency,
  lagUs: { mean: 600, p50: 600, p90: 900, p99: 1_600, p999: 2_000, max: 3_000 },
  meanInFlight: 32,
  backlogMax: 3,
  reconnects: 0,
  histogram: '',
})

type Change = (facts: Facts, context: Context) => void

function broken(change: Change, loop: Context['loop'] = 'closed'): Warning[] {
  const { facts, context } = clean()
  context.loop = loop
  if (loop === 'open') facts.arrivals = arrivals()
  change(facts, context)
  return breached(gates(), facts, context)
}

/** What becomes of a window with these warnings. */
function judged(warnings: Warning[], facts: { windowSec?: number; arrivals?: Arrivals } = {}) {
  const { windowSec = 2, arrivals: open = null } = facts
  return decision(gates(), { windowSec, arrivals: open, warnings } as Measurement)
}

test('a clean window breaks no gate, closed or open; below saturation a replica may be idle in an open loop', () => {
  assert.deepEqual(
    broken(() => {}),
    [],
  )
  assert.deepEqual(
    broken(() => {}, 'open'),
    [],
  )
  const idle: Change = ({ utilization }) => Object.assign(utilization, { replicas: 0.3 })
  assert.deepEqual(broken(idle), ['replica-not-saturated'])
  assert.deepEqual(broken(idle, 'open'), [])
})

const cases: [Warning, Change, loop?: 'open'][] = [
  ['generator-saturated', ({ utilization }) => Object.assign(utilization, { generator: 0.5 })],
  ['proxy-saturated', ({ utilization }) => Object.assign(utilization, { proxy: 0.52 })],
  ['replica-not-saturated', ({ utilization }) => Object.assign(utilization, { replicas: 0.89 })],
  ['foreign-cpu', ({ host }) => Object.assign(host, { foreignCores: 0.12 })],
  ['steal', ({ host }) => Object.assign(host, { stealShare: 0.03 })],
  ['throttled', ({ checks }) => Object.assign(checks, { throttledShare: 0.1 })],
  ['run-queue-wait', ({ checks }) => Object.assign(checks, { replicaWaitShare: 0.1 })],
  ['littles-law', ({ checks }) => Object.assign(checks, { littleRatio: 1.1 })],
  ['littles-law', ({ checks }) => Object.assign(checks, { littleRatio: 0.9 })],
  ['warm-up-not-over', ({ checks }) => Object.assign(checks, { cpuTrend: -0.9 })],
  ['users-not-rotating', (facts) => Object.assign(facts, { distinctUsers: 700 })],
  ['tier-not-measured', ({ utilization }) => Object.assign(utilization, { proxy: null })],
  ['placement-unpinned', (_, { placement }) => Object.assign(placement, { method: 'none' })],
  ['generator-lag', ({ arrivals }) => Object.assign(arrivals?.lagUs ?? {}, { p99: 20_000 }), 'open'],
  ['rate-missed', ({ arrivals }) => Object.assign(arrivals ?? {}, { noticed: 19_000 }), 'open'],
  ['rate-missed', ({ arrivals }) => Object.assign(arrivals ?? {}, { perSec: 9_000 }), 'open'],
  ['rate-missed', ({ arrivals }) => Object.assign(arrivals ?? {}, { perSec: 11_000 }), 'open'],
]
for (const [i, [gate, change, loop = 'closed']] of cases.entries()) {
  test(`${gate} is broken, alone (${i})`, () => assert.deepEqual(broken(change, loop), [gate]))
}

test('evenly spaced arrivals may be one off, Poisson ones as many as chance moves', () => {
  const scheduled =
    (spacing: Arrivals['spacing'], count: number): Change =>
    ({ arrivals }) =>
      Object.assign(arrivals ?? {}, { spacing, noticed: count, account: { scheduled: count } })
  assert.deepEqual(broken(scheduled('even', 20_001), 'open'), [])
  assert.deepEqual(broken(scheduled('even', 20_400), 'open'), ['rate-missed'])
  assert.deepEqual(broken(scheduled('poisson', 20_400), 'open'), [])
  assert.deepEqual(broken(scheduled('poisson', 21_000), 'open'), ['rate-missed'])
})

test('journeys are judged as open-loop load, by their beginnings and by one user for each of them', () => {
  const journeys =
    (over: object, users: number): Change =>
    (facts, { arm }) => {
      const counts = { perSec: 100, underWayAtOpen: 100, started: 200, finished: 190, failed: 0, ...over }
      Object.assign(facts, {
        // Steps come in the groups of their journeys: far fewer or more of them are no missed rate.
        arrivals: { ...arrivals(), perSec: 1_100, noticed: 20_100 },
        journeys: { ...counts, steps: {} },
        distinctUsers: users,
      })
      Object.assign(arm, { users: 1_000 })
      facts.utilization.replicas = 0.3
    }
  assert.deepEqual(broken(journeys({}, 300), 'journey'), [])
  assert.deepEqual(broken(journeys({ started: 255 }, 355), 'journey'), [])
  assert.deepEqual(broken(journeys({ finished: 40 }, 300), 'journey'), ['rate-missed'], 'they pile up')
  assert.deepEqual(broken(journeys({ finished: 40, failed: 150 }, 300), 'journey'), [])
  assert.deepEqual(broken(journeys({ started: 270 }, 370), 'journey'), ['rate-missed'])
  assert.deepEqual(broken(journeys({}, 200), 'journey'), ['users-not-rotating'])
})

test('users rotate when requests meet as many of them as random ones would: connections are not equally fast', () => {
  const met =
    (requests: number, distinctUsers: number): Change =>
    (facts, { arm }) => {
      Object.assign(facts, { requests, distinctUsers, statusCounts: { 200: requests } })
      Object.assign(arm, { users: 1_000 })
    }
  // 1 − 1/e of 1,000 users for as many requests, 393 for half as many, all for ten times as many.
  for (const [requests, random] of [
    [1_000, 632],
    [500, 393],
    [10_000, 1_000],
  ] as const) {
    assert.deepEqual(broken(met(requests, Math.ceil(0.81 * random))), [])
    assert.deepEqual(broken(met(requests, Math.floor(0.79 * random))), ['users-not-rotating'])
  }
})

test('popular users: as many must be met as their law expects, and not as many as if all were alike', () => {
  const met =
    (distinctUsers: number): Change =>
    (facts, context) => {
      Object.assign(facts, { requests: 1_000, distinctUsers, statusCounts: { 200: 1_000 } })
      Object.assign(context, { popularityExponent: 0.8 })
      Object.assign(context.arm, { users: 1_000 })
    }
  const expected = 441
  assert.deepEqual(broken(met(Math.ceil(0.81 * expected))), [])
  assert.deepEqual(broken(met(Math.floor(0.79 * expected))), ['users-not-rotating'])
})

test('a full shared core is blamed on the instrument, not on Redis; on a CPU of its own Redis is', () => {
  const full: Change = ({ utilization }) =>
    Object.assign(utilization, { redis: 0.5, proxy: 0.3, generator: 0.19 })
  assert.deepEqual(broken(full), ['proxy-saturated'])
  const alone: Change = ({ utilization }, { placement }) => {
    Object.assign(placement, { cores: 4, sharedCpus: { redis: [1], proxy: [2], generator: [3] } })
    Object.assign(utilization, { redis: 0.98 })
  }
  assert.deepEqual(broken(alone), ['redis-saturated'])
})

test('replicas that share a core are flagged, and uneven ones rejected', () => {
  const found = broken((facts, { arm, placement }) => {
    arm.replicas = 2
    placement.replicaCpus = [[0], [0]]
    facts.replicaShare = [0.7, 0.3]
  })
  assert.deepEqual(found, ['replicas-share-cores', 'replicas-uneven'])
  assert.deepEqual(judged(found), { reject: ['replicas-uneven'], withhold: [] })
})

test('under quotas replicas may be uneven as far as none of them has a quota left', () => {
  const under = (replicas: number) =>
    broken((facts, { arm }) => {
      const quotas = { replicaCores: 0.1, redisCores: 0.1, proxyCores: 0.2, ballastCores: 0.5 }
      Object.assign(arm, { replicas: 2, quotas })
      Object.assign(facts.utilization, { replicas, redis: 0, proxy: 0.1 })
      facts.replicaShare = [0.7, 0.3]
    })
  assert.ok(!under(0.199).includes('replicas-uneven'), 'one CPU is slower than the other')
  assert.ok(under(0.15).includes('replicas-uneven'), 'one replica was not asked for all that it had')
})

test('under quotas each tier is measured by its own, and no core is shared', () => {
  const limited =
    (change: Change): Change =>
    (facts, context) => {
      const quotas = { replicaCores: 0.1, redisCores: 0.1, proxyCores: 0.2, ballastCores: 0.5 }
      Object.assign(context.arm, { replicas: 2, quotas })
      Object.assign(facts.utilization, { replicas: 0.2, redis: 0.02, proxy: 0.05, generator: 0.05 })
      Object.assign(facts.checks, { replicaWaitShare: 0.9 })
      Object.assign(facts.host, { busyCores: 1 })
      facts.replicaShare = [0.5, 0.5]
      change(facts, context)
    }
  assert.deepEqual(broken(limited(() => {})), [])
  const busy = (utilization: object) =>
    broken(limited((facts) => Object.assign(facts.utilization, utilization)))
  assert.deepEqual(busy({ replicas: 0.17 }), ['replica-not-saturated'])
  assert.deepEqual(busy({ redis: 0.097 }), ['redis-saturated'])
  assert.deepEqual(busy({ proxy: 0.196 }), ['proxy-saturated'])
  assert.deepEqual(broken(limited(({ host }) => Object.assign(host, { busyCores: 1.99 }))), [
    'generator-saturated',
  ])
})

test('what is not known breaks no gate', () => {
  const unknown: Change = (facts) => {
    facts.checks = { littleRatio: null, replicaWaitShare: null, throttledShare: null, cpuTrend: null }
    facts.host = { ...facts.host, foreignCores: null, stealShare: null }
    facts.replicaShare = null
  }
  assert.deepEqual(broken(unknown), [])
})

test('limits are those of the run; a gate that this version does not know is left alone', () => {
  const { facts, context } = clean()
  const strict = gates().map((gate) => (gate.id === 'foreign-cpu' ? { ...gate, limit: 0.001 } : gate))
  assert.deepEqual(breached(strict, facts, context), ['foreign-cpu'])
  const [gate] = strict
  assert.ok(gate)
  assert.deepEqual(breached([{ ...gate, id: 'rejects-matter', limit: -1 }], facts, context), [])
})

test('a full instrument withholds in a closed loop and rejects in an open one', () => {
  const full: Warning[] = ['generator-saturated', 'redis-saturated']
  assert.deepEqual(judged(full), { reject: [], withhold: ['generator-saturated'] })
  assert.deepEqual(judged(full, { arrivals: arrivals() }), { reject: ['generator-saturated'], withhold: [] })
})

test('noise rejects long windows only; uneven replicas and few users reject any', () => {
  const noisy: Warning[] = ['foreign-cpu', 'steal', 'replicas-uneven', 'users-not-rotating']
  assert.deepEqual(judged(noisy, { windowSec: 1 }).reject, [
    'replicas-uneven',
    'foreign-cpu',
    'steal',
    'users-not-rotating',
  ])
  assert.deepEqual(judged(noisy, { windowSec: 0.5 }).reject, ['replicas-uneven', 'users-not-rotating'])
})

test('there is one row for each warning that is about a window', () => {
  const rows = gates().map(({ id }) => id)
  const aboutReports: Warning[] = ['smoke-profile', 'few-blocks', 'rejects-matter']
  assert.deepEqual(
    rows.toSorted(),
    warningSchema.options.filter((id) => !aboutReports.includes(id)).toSorted(),
  )
  assert.deepEqual(rows.toSorted(), Object.keys(gateValues).toSorted())
})

test('one wrong answer invalidates either loop; errors only a closed one', () => {
  const measured = (over: Partial<Measurement>): Measurement => ({ ...clean().facts, warnings: [], ...over })
  const reason = (over: Partial<Measurement>) => invalidity(measured(over), { wrongExamples: ['user7: x'] })
  assert.equal(reason({}), null)
  for (const loop of [null, arrivals()]) {
    assert.equal(reason({ wrongAnswers: 1, arrivals: loop }), '1 wrong answers of 20000: user7: x')
    assert.equal(reason({ verifiedBodies: 0, arrivals: loop }), 'no reply body was verified')
  }
  assert.equal(reason({ errors: 3 }), '3 connection errors or timeouts beside 20000 replies: user7: x')
  assert.equal(reason({ errors: 3, arrivals: arrivals() }), null)
  const scattered = { settings: { sticky: false } }
  const refused = { ...measured({ wrongAnswers: 5, statusCounts: { 200: 95, 401: 5 } }) }
  assert.equal(invalidity(refused, { wrongExamples: [] }, scattered), null, 'what it is there to find')
  assert.match(invalidity(refused, { wrongExamples: [] }, { settings: {} }) ?? '', /^5 wrong answers/)
  assert.match(
    invalidity({ ...refused, wrongAnswers: 6 }, { wrongExamples: [] }, scattered) ?? '',
    /^6 wrong/,
  )
  const silent = { requests: 0, statusCounts: {}, verifiedBodies: 0 }
  assert.equal(reason(silent), 'no reply inside the measurement window')
  assert.equal(reason({ ...silent, errors: 90, arrivals: arrivals() }), null, 'an overloaded server is data')
})
