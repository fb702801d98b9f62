/** What each gate looks at: one number that must not exceed its limit. Null: not known, or it does not apply. Pure. */
import type { Load, Popularity } from '../load/job.ts'
import type { Arm, Measurement, Placement, Quotas, Warning } from '../record/types.ts'
import { expectedDistinct } from '../stats/zipf.ts'

/** What was measured, before it is judged. */
export type Facts = Omit<Measurement, 'warnings'>

export interface Context {
  arm: Pick<Arm, 'replicas' | 'users' | 'quotas'>
  /** Of this window; the window before a ladder is closed. */
  loop: Load['loop']
  /** Undefined where users took turns. */
  popularityExponent?: Popularity
  placement: Placement
}

/** Warnings that say something of one window; the others are about a report. */
export type GateId = Exclude<Warning, 'smoke-profile' | 'few-blocks' | 'rejects-matter'>

export const gateValues: Readonly<Record<GateId, (facts: Facts, context: Context) => number | null>> = {
  'generator-saturated': (facts, context) => fullness('generator', facts, context),
  'proxy-saturated': (facts, context) => fullness('proxy', facts, context),
  'redis-saturated': (facts, context) => fullness('redis', facts, context),
  'replica-not-saturated': ({ utilization }, { arm, placement }) => {
    if (placement.method !== 'taskset' || utilization.replicas === null) return null
    const cpus = new Set(placement.replicaCpus.slice(0, arm.replicas).flat())
    const cores = arm.quotas ? arm.replicas * arm.quotas.replicaCores : cpus.size
    return 1 - utilization.replicas / cores
  },
  // Under quotas each has a share of its own, wherever it runs.
  'replicas-share-cores': (_, { arm, placement }) =>
    arm.quotas ? null : arm.replicas - placement.maxExclusiveReplicas,
  'replicas-uneven': unevenness,
  'placement-unpinned': (_, { placement }) => (placement.method === 'none' ? 1 : 0),
  'foreign-cpu': ({ host }) => host.foreignCores && host.foreignCores / host.cores,
  steal: ({ host }) => host.stealShare,
  throttled: ({ checks }) => checks.throttledShare,
  // A process that its quota holds back waits in the run queue too, and is meant to.
  'run-queue-wait': ({ checks }, { arm }) => (arm.quotas ? null : checks.replicaWaitShare),
  'littles-law': ({ checks }) => checks.littleRatio && Math.abs(checks.littleRatio - 1),
  'rate-missed': missedShare,
  'generator-lag': ({ arrivals }) => arrivals && arrivals.lagUs.p99 / 1_000,
  'users-not-rotating': ({ distinctUsers, requests, journeys }, { arm, popularityExponent = 0 }) => {
    // All requests of a journey are one user's.
    const turns = journeys ? journeys.underWayAtOpen + journeys.started : requests
    // As many users as that many random requests would meet, by the law that draws them. Connections are not equally
    // fast: even if each takes its users in turn, as many requests as users do not meet all of them.
    return turns === 0 ? null : 1 - distinctUsers / expectedDistinct(arm.users, popularityExponent, turns)
  },
  'tier-not-measured': ({ utilization }) =>
    Object.values(utilization).filter((cores) => cores === null).length,
  'warm-up-not-over': ({ checks }) => checks.cpuTrend && -checks.cpuTrend,
}

/** @param shares of the requests, which add up to 1 @returns the largest deviation, relative to an even share */
export function furthestFromEven(shares: readonly number[]): number {
  return Math.max(...shares.map((share) => Math.abs(share * shares.length - 1)))
}

/**
 * How far the busiest or idlest replica is from an even share. Under quotas each replica has an end of its own, so an
 * uneven share hides no more than what they left of their quotas. The rest only shows that CPUs differ.
 */
function unevenness({ replicaShare, utilization }: Facts, { arm }: Context): number | null {
  if (replicaShare === null) return null
  const furthest = furthestFromEven(replicaShare)
  if (arm.quotas === null || utilization.replicas === null) return furthest
  const left = 1 - utilization.replicas / (arm.replicas * arm.quotas.replicaCores)
  return Math.min(furthest, replicaShare.length * Math.max(0, left))
}

type Sharing = keyof Placement['sharedCpus']

/**
 * How full the tier's CPUs are, if it is the one to blame for that. Tiers that share a set are judged together: on
 * two cores the generator, the proxy and Redis share one, and when that one is full none of them is to blame alone.
 */
function fullness(tier: Sharing, facts: Facts, { arm, placement }: Context): number | null {
  if (arm.quotas) return fullnessUnder(arm.quotas, tier, facts)
  if (placement.method !== 'taskset') return null
  const { utilization, host } = facts
  const cpus = placement.sharedCpus[tier]
  const tiers: readonly Sharing[] = ['generator', 'proxy', 'redis']
  const same = tiers.filter((other) => placement.sharedCpus[other].join() === cpus.join())
  // Redis alone on its CPUs may be the scheme's own limit; together with the instrument it is the instrument's.
  const blamed = same.length > 1 ? same.filter((other) => other !== 'redis') : same
  const largest = blamed.reduce((a, b) => ((utilization[b] ?? 0) > (utilization[a] ?? 0) ? b : a))
  if (tier !== largest) return null
  // Whatever else fills these CPUs leaves as little of them.
  const link = same.includes('generator') ? (host.linkCores ?? 0) : 0
  return same.reduce((total, other) => total + (utilization[other] ?? 0), link) / cpus.length
}

/**
 * Under quotas each tier has its own, and the generator, which has none, what the machine has left: when all cores are
 * busy, the quotas were not granted in full and the load was not what it could be.
 */
function fullnessUnder(quotas: Quotas, tier: Sharing, { utilization, host }: Facts): number | null {
  const busy = utilization[tier]
  if (tier !== 'generator') return busy && busy / quotas[`${tier}Cores`]
  return Math.max(busy ?? 0, (host.busyCores ?? 0) / host.cores)
}

/** Standard deviations of a Poisson count that chance alone exceeds once in 16,000 windows. */
const CHANCE = 4

/**
 * The worse of two shares: arrivals of the window that the sender had not noticed by its end, and what the schedule
 * itself had too few or too many of, beyond what chance gives Poisson arrivals. Of journeys only the beginnings are
 * planned; when their steps are due depends on the replies. Where fewer of them end than begin, they pile up, and the
 * window holds more first steps than last ones.
 */
function missedShare({ arrivals, journeys, windowSec }: Facts): number | null {
  if (!arrivals) return null
  const { scheduled } = arrivals.account
  const planned = journeys ? journeys.started : scheduled
  const wanted = (journeys ?? arrivals).perSec * windowSec
  const chance = arrivals.spacing === 'poisson' ? CHANCE * Math.sqrt(wanted) : 1
  const beyond = (difference: number, byChance: number) =>
    Math.max(0, Math.abs(difference) - byChance) / wanted
  // Beginnings and ends vary as much as each other, and on their own.
  const piledUp = journeys
    ? beyond(journeys.started - journeys.finished - journeys.failed, Math.SQRT2 * chance)
    : 0
  const unnoticed = scheduled === 0 ? 0 : 1 - arrivals.noticed / scheduled
  return Math.max(beyond(planned - wanted, chance), piledUp, unnoticed)
}
