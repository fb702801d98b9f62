/** What a run knows that a plan for one scheme can rest on. */
import type { SchemeName } from '../../servers/scheme.ts'
import { isStraight } from '../experiments/latency/demand.ts'
import type { MeasuredSummary } from '../experiments/reports.ts'
import { ROLES } from '../experiments/roles.ts'
import type { Comparison } from '../figures/comparisons.ts'
import { entryOf, type Tried, validTrials } from '../figures/records.ts'
import type { ServingTier } from '../record/tiers.ts'
import type { Arm, Estimate, Run, TrialResult, Warning } from '../record/types.ts'
import { type Ladder, unclimbed } from './curve.ts'
import { type Issuing, issuingOf } from './issuing.ts'
import { isKin } from './kin.ts'
import { type AuthCost, authOf, costPoints, handlerOf } from './load-costs.ts'
import { exactly, larger, type Range, rangeOf, scaled } from './range.ts'
import type { CostPoint, TierCost } from './tier-cost.ts'

export interface Evidence {
  scheme: string
  ladder: Ladder
  slo: { p99Us: number; maxErrorShare: number }
  replica: TierCost
  /** CPU of a replica whose handlers take so much; null where that was not measured. */
  handler: { us: number; points: readonly CostPoint[] } | null
  /** What the scheme adds, by rate and handler work; empty where there is no control to compare with. */
  auth: readonly AuthCost[]
  /** To Redis, that an answer waits for one after the other; null where that was not measured. */
  roundTrips: Range | null
  redis: TierCost | null
  proxy: TierCost
  /** What is issued: by a login, by a refresh, and what the hash of a password takes; null where that was not measured. */
  issuing: Issuing
  /** What remembered state adds; null where the run does not say. */
  state: StateCost | null
  /** The most that a replica had resident under load, without what users add; null in runs that did not record it. */
  peakRssBytes: Range | null
  /** Bytes of a logged-in user. */
  userBytes: { replicas: Range; redis: Range }
  /** Whose they are: where a run measures one scheme for each place of state, those of its kin. */
  userBytesOf: string
  mostUsers: number
  /** From the proxy to the client, for each request. */
  replyBytes: Range
  /** Efficiency at the largest number of replicas that has one. */
  scaling: { replicas: number; efficiency: Range } | null
  trials: Record<keyof typeof ROLES, string[]>
  warnings: Warning[]
}

interface Recorded {
  run: Run
  results: readonly TrialResult[]
}

/** What of a summary a plan rests on. */
export type Measured = Pick<
  MeasuredSummary,
  | 'latency'
  | 'arms'
  | 'demand'
  | 'memoryPerUser'
  | 'scaling'
  | 'payload'
  | 'costCurves'
  | 'distance'
  | 'hashedLogins'
  | 'refresh'
>

/**
 * Whether a run is meant to measure all that a plan for the scheme rests on. Where it is not, it cannot carry one; where it
 * is, its trials say whether it does.
 */
export function isMeantFor(
  { plan, rules }: Run,
  scheme: SchemeName,
  hasState: boolean,
  { byCpuAlone = false } = {},
): boolean {
  const measures = (experiment: string, isOne: (arm: Arm) => boolean) =>
    plan.some(({ arm }) => arm.experiment === experiment && !arm.twin && isOne(arm))
  const ofScheme = (arm: Arm) => arm.scheme === scheme
  return (
    rules !== null &&
    (byCpuAlone || measures(ROLES.latency, ofScheme)) &&
    measures(ROLES.cost, ofScheme) &&
    measures(ROLES.users, (arm) => ofScheme(arm) || isKin(arm.scheme, scheme)) &&
    (!hasState || measures(ROLES.payload, ofScheme))
  )
}

/**
 * As much of a run as the summary needs that a plan for these schemes rests on. What closed loops say of one scheme depends
 * on all the others, since intervals hold for the family; a ladder speaks for its own scheme alone, and takes longest.
 */
export function partFor(
  { run, results }: Recorded,
  schemes: readonly SchemeName[],
  { hasDistance = false } = {},
): Recorded {
  const asked: readonly string[] = schemes
  const counts = ({ load, experiment, scheme, observe, examine }: Arm) =>
    load.loop === 'open'
      ? asked.includes(scheme) &&
        (experiment === ROLES.latency || (hasDistance && experiment === ROLES.distance))
      : !observe && !examine
  return {
    run: { ...run, plan: run.plan.filter(({ arm }) => counts(arm)) },
    results: results.filter(({ trial }) => counts(trial.arm)),
  }
}

/**
 * @param byCpuAlone whether no latency is asked for, and none has to be known
 * @returns a sentence that says what is missing, and how to measure it, where the run cannot carry a plan
 */
export function evidenceOf(
  run: Run,
  summary: Measured,
  results: readonly Tried[],
  scheme: SchemeName,
  { byCpuAlone = false } = {},
): Evidence | string {
  const missing = (what: string, experiment: string) =>
    `run ${run.id} has no ${what} of ${scheme}: npm run bench -- --only latency,cost,users --schemes ${scheme} ` +
    `measures it (experiment ${experiment})`
  const climbed = summary.latency.find((entry) => entry.scheme === scheme)
  if (!byCpuAlone && !climbed?.rungs.length) return missing('latency', ROLES.latency)
  const ladder = climbed ?? unclimbed(scheme)
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
    handler: handlerOf(curve),
    auth: authOf(curve),
    roundTrips: roundTripsOf(summary, scheme),
    redis: redisPoints.some(({ us }) => us.value > 0) ? tier('redis', redisPoints) : null,
    proxy: tier('proxy', proxyPoints),
    issuing: issuingOf(summary, scheme),
    state: sized ? stateCostOf(sized) : null,
    peakRssBytes: peakOf(arm.metrics.replicaPeakRssBytes ?? arm.metrics.replicaRssBytes),
    ...memory,
    replyBytes: rangeOf(replyBytes),
    scaling: scaling[0] ?? null,
    trials: {
      latency: trialsIn(ROLES.latency),
      cost: trialsIn(ROLES.cost),
      users: trialsIn(ROLES.users, memory.userBytesOf),
      replicas: trialsIn(ROLES.replicas),
      payload: trialsIn(ROLES.payload),
      distance: trialsIn(ROLES.distance),
      login: trialsIn(ROLES.login),
    },
    warnings: [...new Set([...arm.warnings, ...ladder.rungs.flatMap(({ p99Us }) => p99Us.warnings)])],
  }
}

/** Of the scheme at no distance but the added one; no Redis: none. */
function roundTripsOf({ distance }: Measured, scheme: SchemeName): Range | null {
  const entry = distance.find((one) => one.scheme === scheme && !one.oneByOne)
  return entry?.roundTripsPerRead ? rangeOf(entry.roundTripsPerRead) : null
}

const peakOf = (bytes: Estimate | undefined): Range | null => (bytes ? rangeOf(bytes) : null)

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
