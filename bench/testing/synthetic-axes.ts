/** Made-up runs of the experiments `payload` and `rtt` for tests: what a report finds is what was put in here. */
import type { PlanOptions } from '../experiments/experiment.ts'
import { payload } from '../experiments/payload/plan.ts'
import { rtt } from '../experiments/rtt/plan.ts'
import type { StateLimit } from '../figures/state-limit.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Measurement, Run, Trial, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { syntheticLadders } from './synthetic-ladders.ts'
import { syntheticRun } from './synthetic-run.ts'

export interface SyntheticRecords {
  run: Run
  results: TrialResult[]
}

/** CPU µs and bytes that 1,000 bytes of state add to a request. */
export const PER_KB: Readonly<Record<string, { replicaUs: number; redisUs: number; sent: number }>> = {
  none: { replicaUs: 1, redisUs: 0, sent: 0 },
  'session-memory': { replicaUs: 1.5, redisUs: 0, sent: 0 },
  'session-redis': { replicaUs: 12, redisUs: 2, sent: 0 },
  'session-redis-tuned': { replicaUs: 12, redisUs: 2, sent: 0 },
  'jwt-hs256': { replicaUs: 8, redisUs: 0, sent: 1_333 },
  'jwt-cookie': { replicaUs: 9, redisUs: 0, sent: 1_333 },
  'jwt-denylist': { replicaUs: 8, redisUs: 0, sent: 1_333 },
}
export const RECEIVED_PER_KB = 1_000
export const REDIS_BYTES_PER_KB = 1_100

const LIMITS: Readonly<Record<string, StateLimit>> = {
  'jwt-cookie': {
    acceptedBytes: 2_789,
    refusedBytes: 2_790,
    refusal: 'POST /login answered 500: {"error":"credential too large"}',
    tried: 17,
  },
  'jwt-hs256': { acceptedBytes: 10_999, refusedBytes: 11_000, refusal: 'GET /me answered 431', tried: 17 },
  'jwt-denylist': { acceptedBytes: 10_949, refusedBytes: 10_950, refusal: 'GET /me answered 431', tried: 17 },
}
const UNLIMITED: StateLimit = { acceptedBytes: 65_536, refusedBytes: null, refusal: null, tried: 1 }

/** `planned` by the experiment itself, so that arms are what a run would have; nothing beyond a limit is measured. */
export function syntheticPayload(options: PlanOptions, noise = 0.005): SyntheticRecords {
  const base = syntheticRun({ experiments: ['cost'], profile: options.profile })
  const plan = planned(payload.plan(options).rounds)
  const normal = seededNormal(11)
  const results = plan.flatMap((trial): TrialResult[] => {
    const { arm } = trial
    const limit = LIMITS[arm.scheme] ?? UNLIMITED
    const bytes = arm.largestState ? limit.acceptedBytes : (arm.settings.stateBytes ?? 0)
    if (bytes > limit.acceptedBytes) return []
    const measured = carrying(template(base, arm.scheme), arm, bytes / 1_000, 1 + noise * normal())
    return [recordOf(trial, arm.largestState ? { ...measured, stateLimit: limit } : measured)]
  })
  return { run: { ...base.run, plan }, results }
}

function carrying(base: Measurement, { scheme, users }: Arm, kb: number, factor: number): Measurement {
  const { replicaUs = 0, redisUs = 0, sent = 0 } = PER_KB[scheme] ?? {}
  const { replicas, redis } = base.cpuUsPerRequest
  const busyUs = factor * ((replicas ?? 0) + replicaUs * kb)
  const usesRedis = (redis ?? 0) > 0
  const kept = usesRedis ? (base.memory.idleRedisBytes ?? 0) + users * (400 + REDIS_BYTES_PER_KB * kb) : null
  return {
    ...base,
    throughputPerSec: 1e6 / busyUs,
    cpuUsPerRequest: {
      ...base.cpuUsPerRequest,
      replicas: busyUs,
      redis: usesRedis ? (redis ?? 0) + redisUs * kb : 0,
    },
    bytesPerRequest: { sent: 210 + sent * kb, received: 300 + RECEIVED_PER_KB * kb },
    memory: { ...base.memory, loggedInRedisBytes: kept === null ? null : Math.round(kept) },
    logins: { ...base.logins, count: users },
  }
}

/** How many round trips a read of each scheme waits for; one where commands go one by one. */
export const ROUND_TRIPS: Readonly<Record<string, number>> = {
  'session-redis': 2,
  'session-redis-tuned': 1.5,
  'jwt-denylist': 1.5,
}

/** What the relay and everything else take beside the distance. */
const FLOOR_US = 1_400

export function syntheticDistance(options: PlanOptions): SyntheticRecords {
  const plan = planned(rtt.plan(options).rounds)
  const blocks = Math.max(...plan.map(({ block }) => block)) + 1
  const rates = plan.flatMap(({ arm }) => (arm.load.loop === 'open' ? (arm.load.ratesPerSec ?? []) : []))
  const { run } = syntheticLadders({ blocks })
  const byArm = new Map(plan.map(({ arm }) => [arm.id, arm]))
  const ladders = new Map(
    [...byArm.values()].map((arm) => {
      const trips = arm.settings.autoPipelining === false ? 1 : (ROUND_TRIPS[arm.scheme] ?? 0)
      const waitUs = trips * 1_000 * (arm.settings.redisRoundTripMs ?? 0)
      const made = syntheticLadders({
        schemes: [arm.scheme],
        blocks,
        ratesPerSec: [...new Set(rates)],
        floorUs: FLOOR_US + waitUs,
        closed: { schemes: ['none', arm.scheme] },
      })
      return [arm.id, made.results]
    }),
  )
  const results = plan.flatMap((trial): TrialResult[] => {
    const found = ladders.get(trial.arm.id)?.[trial.block]
    return found ? [{ ...found, trial }] : []
  })
  return { run: { ...run, plan }, results }
}

function planned(rounds: readonly { arms: readonly Arm[]; blocks: number }[]): Trial[] {
  return rounds.flatMap(({ arms, blocks }) =>
    Array.from({ length: blocks }, (_, block) =>
      arms.map((arm, position): Trial => ({ id: `${arm.id}@${block}`, block, position, arm })),
    ).flat(),
  )
}

function template({ results }: SyntheticRecords, scheme: string): Measurement {
  const found = results.find((result) => result.ok && result.trial.arm.id === `cost/${scheme}`)
  if (!found?.ok) throw new RangeError(`no scheme ${scheme} in the synthetic run`)
  return found.measurement
}

function recordOf(trial: Trial, measurement: Measurement): TrialResult {
  const head = {
    schemaVersion: SCHEMA_VERSION as typeof SCHEMA_VERSION,
    startedAt: '2026-01-02T03:04:06.000Z',
  }
  return { ...head, trial, ok: true, measurement, rungs: [] }
}
