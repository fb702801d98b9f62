/** What a run knows that a plan for one scheme can rest on. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { isStraight } from '../experiments/latency/demand.ts'
import type { MeasuredSummary } from '../experiments/reports.ts'
import { ROLES } from '../experiments/roles.ts'
import type { Comparison } from '../figures/comparisons.ts'
import type { Curve } from '../figures/curve-schema.ts'
import { entryOf, type Tried, validTrials } from '../figures/records.ts'
import type { ServingTier } from '../record/tiers.ts'
import type { Arm, Estimate, Run, TrialResult, Warning } from '../record/types.ts'
import { traits } from '../traits.ts'
import type { Ladder } from './curve.ts'
import { exactly, larger, over, type Range, rangeOf, scaled } from './range.ts'
import type { CostPoint, TierCost } from './tier-cost.ts'

export interface Evidence {
  scheme: string
  ladder: Ladder
  slo: { p99Us: number; maxErrorShare: number }
  replica: TierCost
  redis: TierCost | null
  proxy: TierCost
  /** What remembered state adds; null where the run does not say. */
  state: StateCost | null
  /** Bytes of a logged-in user. */
  userBytes: { replicas: Range; redis: Range }
  /** Whose they are: where a run measures one scheme for each place of state, those of its kin. */
  userBytesOf: string
  mostUsers: number
  /** From the proxy to the client, for each request. */
  replyBytes: Range
  /** Efficiency at the largest number of replicas that has one. */
  scaling: { replicas: number; efficiency: Range } | null
  trials: Record<Exclude<keyof typeof ROLES, 'distance'>, string[]>
  warnings: Warning[]
}

interface Recorded {
  run: Run
  results: readonly TrialResult[]
}

/** What of a summary a plan rests on. */
export type Measured = Pick<
  MeasuredSummary,
  'latency' | 'arms' | 'demand' | 'memoryPerUser' | 'scaling' | 'payload' | 'costCurves'
>

/**
 * Whether a run is meant to measure all that a plan for the scheme rests on. Where it is not, it cannot carry one; where it
 * is, its trials say whether it does.
 */
export function isMeantFor({ plan, rules }: Run, scheme: SchemeName, hasState: boolean): boolean {
  const measures = (experiment: string, isOne: (arm: Arm) => boolean) =>
    plan.some(({ arm }) => arm.experiment === experiment && !arm.twin && isOne(arm))
  const ofScheme = (arm: Arm) => arm.scheme === scheme
  return (
    rules !== null &&
    measures(ROLES.latency, ofScheme) &&
    measures(ROLES.cost, ofScheme) &&
    measures(ROLES.users, (arm) => ofScheme(arm) || isKin(arm.scheme, scheme)) &&
    (!hasState || measures(ROLES.payload, ofScheme))
  )
}

/**
 * As much of a run as the summary needs that a plan for these schemes rests on. What closed loops say of one scheme depends
 * on all the others, since intervals hold for the family; a ladder speaks for its own scheme alone, and takes longest.
 */
export function partFor({ run, results }: Recorded, schemes: readonly SchemeName[]): Recorded {
  const asked: readonly string[] = schemes
  const counts = ({ load, experiment, scheme, observe, examine }: Arm) =>
    load.loop === 'open' ? experiment === ROLES.latency && asked.includes(scheme) : !observe && !examine
  return {
    run: { ...run, plan: run.plan.filter(({ arm }) => counts(arm)) },
    results: results.filter(({ trial }) => counts(trial.arm)),
  }
}

/** @returns a sentence that says what is missing, and how to measure it, where the run cannot carry a plan */
export function evidenceOf(
  run: Run,
  summary: Measured,
  results: readonly Tried[],
  scheme: SchemeName,
): Evidence | string {
  const missing = (what: string, experiment: string) =>
    `run ${run.id} has no ${what} of ${scheme}: npm run bench -- --only latency,cost,users --schemes ${scheme} ` +
    `measures it (experiment ${experiment})`
  const ladder = summary.latency.find((entry) => entry.scheme === scheme)
  if (!ladder || ladder.rungs.length === 0) return missing('latency', ROLES.latency)
  const arm = entryOf(summary.arms, ROLES.cost, scheme)
  const replyBytes = arm?.metrics.bytesReceivedPerRequest
  const curve = summary.costCurves.curves.find((entry) => entry.scheme === scheme && !entry.twin)
  const pointsOf = (tier: ServingTier) => costPoints(tier, curve, ladder)
  const [replicaPoints, proxyPoints, redisPoints] = [
    pointsOf('replicas'),
    pointsOf('proxy'),
    pointsOf('redis'),
  ]
  if (!arm || !replyBytes || replicaPoints.length === 0 || proxyPoints.length === 0)
    return missing('cost', ROLES.cost)
  const memory = memoryOf(run, summary, scheme)
  if (!memory) return missing('memory of a user', ROLES.users)
  if (run.rules === null)
    return `run ${run.id} is from before there were rules: measure anew with npm run bench`

  const tier = (name: ServingTier, points: CostPoint[]): TierCost => {
    const fit = summary.demand.find((entry) => entry.scheme === scheme && entry.tier === name)
    const isKnown = fit && isStraight(fit) && fit.demandUs.lo > 0
    return { points, marginal: isKnown ? rangeOf(fit.demandUs) : null }
  }
  const sized = summary.payload.find((entry) => entry.scheme === scheme && entry.sizesBytes.length > 0)
  const scaling = summary.scaling
    .flatMap(({ scheme: of, replicas, efficiency }) =>
      of === scheme && isFree(efficiency) ? [{ replicas, efficiency: rangeOf(efficiency) }] : [],
    )
    .toSorted((a, b) => b.replicas - a.replicas)
  const trialsIn = (experiment: string, of: string = scheme) => validTrials(results, experiment, of)
  const { limitMs, maxErrorShare } = run.rules.slo
  return {
    scheme,
    ladder,
    slo: { p99Us: run.rules.slo.quantile === 'p99' ? limitMs * 1_000 : Number.NaN, maxErrorShare },
    replica: tier('replicas', replicaPoints),
    redis: redisPoints.some(({ us }) => us.value > 0) ? tier('redis', redisPoints) : null,
    proxy: tier('proxy', proxyPoints),
    state: sized ? stateCostOf(sized) : null,
    ...memory,
    replyBytes: rangeOf(replyBytes),
    scaling: scaling[0] ?? null,
    trials: {
      latency: trialsIn(ROLES.latency),
      cost: trialsIn(ROLES.cost),
      users: trialsIn(ROLES.users, memory.userBytesOf),
      replicas: trialsIn(ROLES.replicas),
      payload: trialsIn(ROLES.payload),
    },
    warnings: [...new Set([...arm.warnings, ...ladder.rungs.flatMap(({ p99Us }) => p99Us.warnings)])],
  }
}

/**
 * From turns without handler work, which have an interval, up to where a replica was too busy for them; beyond from the rates of the
 * ladder that were kept, with the interval that turns had last. Without turns from the ladder alone, as if it were exact.
 */
function costPoints(tier: ServingTier, curve: Curve | undefined, { rungs }: Ladder): CostPoint[] {
  const turns = (curve?.points ?? []).flatMap(({ perSec, handlerUs, tierUs, cpuUs }): CostPoint[] => {
    const us = tierUs[tier]
    if (perSec === null || perSec === 0 || handlerUs > 0 || us === undefined) return []
    return [{ perSec, us: scaled(over(rangeOf(cpuUs), exactly(cpuUs.value)), us) }]
  })
  const last = turns.at(-1)
  const known = last && last.us.value > 0 ? scaled(last.us, 1 / last.us.value) : exactly(1)
  const beyond = rungs
    .filter(({ arrivalsPerSec, metShare }) => arrivalsPerSec > (last?.perSec ?? 0) && metShare > 0)
    .toSorted((a, b) => a.arrivalsPerSec - b.arrivalsPerSec)
    .flatMap(({ arrivalsPerSec, throughputPerSec, utilization }): CostPoint[] => {
      const busy = utilization[tier]
      if (busy === null) return []
      return [{ perSec: arrivalsPerSec, us: scaled(known, (1e6 * busy) / throughputPerSec.value) }]
    })
  return [...turns, ...beyond]
}

/** A fleet that waits for a full Redis says how large Redis must be, and nothing about what replicas cost each other. */
const isFree = (efficiency: Estimate | null): efficiency is Estimate =>
  efficiency !== null && !efficiency.warnings.includes('redis-saturated')

/** Of the scheme, else of the one that the run measured for the same place of state. */
function memoryOf(run: Run, { memoryPerUser }: Measured, scheme: SchemeName) {
  const entry =
    memoryPerUser.find((one) => one.scheme === scheme) ??
    memoryPerUser.find((one) => isKin(one.scheme, scheme))
  if (!entry) return null
  const grown = (comparison: Comparison | null): Range => {
    if (comparison === null) return exactly(0)
    // Not told from zero: zero is the best guess, and the interval still says how much it could be.
    if (!comparison.detected) return { ...exactly(0), hi: Math.max(0, comparison.estimate.hi) }
    return rangeOf(comparison.estimate)
  }
  const levels = run.plan.filter(({ arm }) => arm.experiment === ROLES.users && arm.scheme === entry.scheme)
  return {
    userBytes: { replicas: grown(entry.replicaBytes), redis: grown(entry.redisBytes) },
    userBytesOf: entry.scheme,
    mostUsers: Math.max(...levels.map(({ arm }) => arm.users)),
  }
}

/** Whether both keep their state in the same place. A run may have schemes that are no more. */
function isKin(other: string, scheme: SchemeName): boolean {
  const declared: Readonly<Record<string, Traits>> = traits
  return declared[other]?.state === traits[scheme].state
}

/** What one byte of state adds: to a request in µs and bytes, to a user in bytes. */
export interface StateCost {
  replicaUs: Range
  redisUs: Range
  proxyUs: Range
  replyBytes: Range
  userBytes: Evidence['userBytes']
  mostBytes: number
  /** The largest state that the scheme takes and what it answers to more; null where nothing was refused. */
  limit: { acceptedBytes: number; refusal: string } | null
}

const KB = 1_000

/** @returns null where the slope of a replica's CPU is not known, without which no plan can be made */
export function stateCostOf({ perKb, limit, sizesBytes }: Measured['payload'][number]): StateCost | null {
  if (!perKb.replicaCpuUs) return null
  // More state never makes anything cheaper: what a slope says below zero is noise.
  const perByte = (slope: Estimate | null) => scaled(larger(slope ?? exactly(0), exactly(0)), 1 / KB)
  return {
    replicaUs: perByte(perKb.replicaCpuUs),
    redisUs: perByte(perKb.redisCpuUs),
    proxyUs: perByte(perKb.proxyCpuUs),
    replyBytes: perByte(perKb.receivedBytes),
    userBytes: { replicas: perByte(perKb.replicaBytesPerUser), redis: perByte(perKb.redisBytesPerUser) },
    mostBytes: Math.max(...sizesBytes),
    limit:
      limit && limit.refusedBytes !== null
        ? { acceptedBytes: limit.acceptedBytes, refusal: limit.refusal ?? 'an error' }
        : null,
  }
}
