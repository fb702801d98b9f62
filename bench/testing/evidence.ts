/** Evidence that a plan can rest on, made up: a replica that keeps 5 ms up to half of its load and then bends. */
import type { Ladder, Step } from '../plan/curve.ts'
import type { Evidence } from '../plan/evidence.ts'
import { exactly } from '../plan/range.ts'
import type { PlanRequest } from '../plan/request.ts'
import type { TierCost } from '../plan/tier-cost.ts'
import type { Estimate } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'

const SPREAD = 0.1

export function around(value: number, unit = 'µs', n = 6): Estimate {
  return { value, lo: value * (1 - SPREAD), hi: value * (1 + SPREAD), unit, n, warnings: [] }
}

export function step(arrivalsPerSec: number, p99Us: number, over: Partial<Step> = {}): Step {
  return {
    arrivalsPerSec,
    blocks: 6,
    requests: 60_000,
    p50Us: around(p99Us / 5),
    p90Us: around(p99Us / 2),
    p99Us: around(p99Us),
    p999Us: null,
    meanUs: around(p99Us / 4),
    throughputPerSec: around(arrivalsPerSec, 'requests/s'),
    errorShare: 0,
    utilization: {
      replicas: arrivalsPerSec / 10_000,
      redis: arrivalsPerSec / 50_000,
      proxy: 0.1,
      generator: 0.1,
    },
    windows: 1,
    metShare: 1,
    ...over,
  }
}

export function ladderOf(rungs: Step[], over: Partial<Ladder> = {}): Ladder {
  return {
    scheme: 'session-redis',
    rungs,
    rejected: [],
    capacityPerSec: null,
    capacityNote: 'not-measured',
    kneePerSec: null,
    saturationPerSec: null,
    ...over,
  } satisfies Summary['latency'][number]
}

/** A tier that takes as much of a request at any rate. */
export function flat(us: number): TierCost {
  return { points: [{ perSec: 1_000, us: around(us) }], marginal: null }
}

/** 10 ms at 2,000/s, 20 at 4,000, 40 at 8,000 and 400 at 9,000. */
export const bending = ladderOf([
  step(2_000, 10_000),
  step(4_000, 20_000),
  step(8_000, 40_000),
  step(9_000, 400_000),
])

/** A request of a plan with nothing to spare. */
export function asked(over: Partial<PlanRequest> = {}): PlanRequest {
  return {
    ...{
      rps: 20_000,
      users: 1_000_000,
      p99Ms: 40,
      headroom: 0,
      replicaCores: 1,
      handlerUs: 0,
      redisRttMs: 0,
      loginsPerSec: 0,
      sessionTtlSec: 3_600,
      tokenTtlSec: 300,
      stateBytes: null,
      prices: null,
    },
    ...{ survive: 0, zones: 1, deploy: 'at-once' },
    ...over,
  }
}

/** Redis takes 20 µs of each request, the proxy 30; a user 500 bytes. */
export function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    scheme: 'session-redis',
    ladder: bending,
    slo: { p99Us: 50_000, maxErrorShare: 0.001 },
    replica: flat(100),
    handler: null,
    auth: [],
    roundTrips: null,
    redis: { ...flat(20), marginal: around(15) },
    proxy: { ...flat(30), marginal: around(25) },
    peakRssBytes: around(100e6, 'bytes'),
    issuing: { login: null, refresh: null, hashUs: null },
    userBytes: { replicas: exactly(0), redis: around(500, 'bytes') },
    userBytesOf: 'session-redis',
    mostUsers: 100_000,
    replyBytes: around(300, 'bytes'),
    state: null,
    scaling: null,
    trials: {
      latency: ['latency/session-redis@0'],
      cost: ['cost/session-redis@0'],
      users: ['users/session-redis/u1000@0'],
      replicas: [],
      payload: ['payload/session-redis/1000b@0'],
      distance: [],
      login: [],
    },
    warnings: [],
    ...over,
  }
}
