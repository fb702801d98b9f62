/**
 * From measured records to how much of everything a load needs.
 *
 * Replicas come from the highest rate at which one of them kept the latency asked for; Redis and proxy, which have
 * far to go at that rate, from the CPU that each request takes of them (utilization law, U = X·D: Denning and Buzen,
 * "The operational analysis of queueing network models", ACM Computing Surveys 10, 1978). Headroom is the share of
 * each that stays free at the planned load. Response times are those of one replica, and what waiting at Redis and
 * proxy adds when they serve all of them.
 */
import { list } from '../words/format.ts'
import { busyAt, type Ladder, latencyAt, measuredRates, type Reach, reach } from './curve.ts'
import { demandOf, type Evidence, type TierCost } from './evidence.ts'
import { evidenceIds, rate, warningsOf } from './notes.ts'
import { atMost, exactly, over, plus, type Range, scaled, times, wholeUnits } from './range.ts'
import type { PlanRequest, Prices } from './request.ts'
import { withState } from './state.ts'
import { addedUs, sharedServers, tooLong } from './waiting.ts'

export interface Plan {
  scheme: string
  replicas: Range
  redisPrimaries: Range
  redisMemoryBytes: Range
  /** State that the replicas hold together. */
  replicaMemoryBytes: Range
  proxyCores: Range
  egressBytesPerSec: Range
  p50Ms: Range
  p99Ms: Range
  costPerMonth: Range | null
  /** What fills up first when the load grows and nothing is added. */
  bottleneck: 'replicas' | 'redis' | 'proxy'
  /** Busy share of each tier at the planned load. */
  busy: { replicas: number | null; redis: number | null; proxy: number }
  /** The trials that each figure rests on. */
  evidence: Record<string, string[]>
  warnings: string[]
  refused: null
}

export interface Refusal {
  scheme: string
  /** Why there is no plan, and what would make one. */
  refused: string
}

/** Past this an interval says so little that a number of replicas would only look like an answer. */
const WIDEST = 3
/** Redis and proxy beyond this many times what was measured need their marginal demand: CPU a request bends. */
export const FAR = 20
const SEC_A_MONTH = (365.25 * 86_400) / 12

/** A plan, or why the evidence cannot carry one. Pure. */
export function plan(measured: Evidence, request: PlanRequest): Plan | Refusal {
  const { scheme } = measured
  const refuse = (refused: string): Refusal => ({ scheme, refused })
  const evidence = request.stateBytes === null ? measured : withState(measured, request.stateBytes)
  if (typeof evidence === 'string') return refuse(evidence)
  const { ladder } = evidence
  const one = oneReplica(evidence, request.p99Ms)
  if (typeof one === 'string') return refuse(one)
  const safe = scaled(times(one.perSec, evidence.scaling?.efficiency ?? exactly(1)), 1 - request.headroom)
  const kept = reach(ladder, { p99Us: request.p99Ms * 1_000, maxErrorShare: evidence.slo.maxErrorShare })
  if (!kept) return refuse(nowhereKept(ladder, request.p99Ms))
  // The run's capacity is its median block's, while users meet all blocks: where these say less, less is planned with.
  const isHeld = kept.perSec.value < safe.value
  const perReplica = scaled(isHeld ? atMost(safe, kept.perSec.value) : safe, request.replicaCores)
  const replicas = wholeUnits(over(exactly(request.rps), perReplica))
  const each = request.rps / replicas.value / request.replicaCores
  const p50Us = latencyAt(ladder, each, (step) => step.p50Us)
  const p99Us = latencyAt(ladder, each, (step) => step.p99Us)
  if (!p50Us || !p99Us) return refuse(`no latency was measured near ${rate(each)} for one replica`)
  const poor = tooFar(evidence, request.rps)
  if (poor.length > 0) {
    return refuse(
      `${rate(request.rps)} is more than ${FAR} times what was measured (${rate(measuredRates(ladder).most)}), and ` +
        `the fit of U = U0 + D·X is too poor to carry ${list(poor)} that far: “Far scale” in the run’s report.md ` +
        'shows how far each part goes, and what the rest would take',
    )
  }
  const tiers = sizesOfTiers(evidence, request)
  const added = addedUs(sharedServers(evidence, tiers.busy, each))
  const p99Ms = scaled(plus(p99Us, added.p99), 1e-3)
  const waited = tooLong(p99Us.value, added.p99.value, request)
  if (waited) return refuse(waited)
  const busy = { ...tiers.busy, replicas: busyAt(ladder, each) }
  const sizes = { ...tiers.sizes, replicas, egressBytesPerSec: scaled(evidence.replyBytes, request.rps) }
  return {
    scheme,
    ...sizes,
    redisMemoryBytes: scaled(evidence.userBytes.redis, request.users),
    replicaMemoryBytes: scaled(evidence.userBytes.replicas, request.users),
    p50Ms: scaled(plus(p50Us, added.p50), 1e-3),
    p99Ms,
    costPerMonth: request.prices && cost(sizes, request.prices),
    bottleneck: fullest({ ...busy, replicas: each / Math.min(one.perSec.value, kept.perSec.value) }),
    busy,
    evidence: evidenceIds(evidence, request),
    warnings: warningsOf(evidence, request, {
      each,
      atLeast: one.atLeast,
      held: isHeld ? { perSec: kept.perSec.value, medianPerSec: one.perSec.value } : null,
      replicas: replicas.value,
      redisPrimaries: sizes.redisPrimaries.value,
      addedShare: added.p99.value / 1e3 / p99Ms.value,
    }),
    refused: null,
  }
}

/** Tiers whose CPU a request is not known at a load that far from the measured one. */
function tooFar({ ladder, redis, proxy }: Evidence, rps: number): string[] {
  const beyond = (tier: TierCost | null) => tier !== null && rps > (knownTo(tier, ladder) ?? rps)
  return [...(beyond(redis) ? ['Redis'] : []), ...(beyond(proxy) ? ['the proxy'] : [])]
}

/** Requests per second up to which a tier's CPU a request is known; null: no limit, the utilization law carries it. */
export function knownTo({ marginal }: TierCost, ladder: Ladder): number | null {
  return marginal === null ? FAR * measuredRates(ladder).most : null
}

function sizesOfTiers({ redis, proxy }: Evidence, { rps, headroom }: PlanRequest) {
  const cores = (tier: TierCost) => scaled(demandOf(tier), rps / 1e6)
  const units = (tier: TierCost) => wholeUnits(scaled(cores(tier), 1 / (1 - headroom)))
  const sizes = { redisPrimaries: redis ? units(redis) : exactly(0), proxyCores: units(proxy) }
  const busy = {
    redis: redis && cores(redis).value / sizes.redisPrimaries.value,
    proxy: cores(proxy).value / sizes.proxyCores.value,
  }
  return { sizes, busy }
}

/** What a load takes by `expense`; null where there is no plan. */
export function expenseOf(measured: Evidence, request: PlanRequest): number | null {
  const made = plan(measured, request)
  return made.refused === null ? expense(made, request) : null
}

/** Money where there are prices, else cores, a Redis primary being one. */
export function expense(made: Plan, { replicaCores }: PlanRequest): number {
  if (made.costPerMonth) return made.costPerMonth.value
  return made.replicas.value * replicaCores + made.redisPrimaries.value + made.proxyCores.value
}

/** The rate of one replica that a plan can rest on, or why it cannot. */
export function oneReplica(evidence: Evidence, p99Ms: number): Reach | string {
  const one = capacityOfOne(evidence, p99Ms * 1_000)
  if (one === null) return nowhereKept(evidence.ladder, p99Ms)
  if (one.perSec.hi <= WIDEST * one.perSec.lo) return one
  return (
    `one replica keeps ${p99Ms} ms up to somewhere between ${rate(one.perSec.lo)} and ${rate(one.perSec.hi)}: ` +
    'too wide to plan with; measure more blocks with --trials'
  )
}

function nowhereKept(ladder: Ladder, p99Ms: number): string {
  return (
    `already at ${rate(measuredRates(ladder).least)}, the lowest rate measured, p99 is above ${p99Ms} ms: ` +
    'allow more, or measure lower rates with --rates'
  )
}

/** The run's own capacity where it was measured for just this bound, so that report and plan say the same. */
function capacityOfOne({ ladder, slo }: Evidence, p99Us: number): Reach | null {
  const { capacityPerSec, capacityNote } = ladder
  if (capacityPerSec && slo.p99Us === p99Us && capacityNote !== 'one-rung') {
    return { perSec: capacityPerSec, atLeast: capacityNote !== 'found' }
  }
  return reach(ladder, { p99Us, maxErrorShare: slo.maxErrorShare })
}

type Sizes = Pick<Plan, 'replicas' | 'redisPrimaries' | 'proxyCores' | 'egressBytesPerSec'>

function cost(sizes: Sizes, prices: Prices): Range {
  return [
    scaled(sizes.replicas, prices.replica),
    scaled(sizes.redisPrimaries, prices.redis),
    scaled(sizes.proxyCores, prices.proxyCore),
    scaled(sizes.egressBytesPerSec, (SEC_A_MONTH / 1e9) * prices.egressGb),
  ].reduce(plus)
}

/** By share of what each can carry; for replicas that is the rate at which latency breaks, not a busy core. */
function fullest(shares: Plan['busy']): Plan['bottleneck'] {
  const tiers = ['replicas', 'redis', 'proxy'] as const
  return tiers.reduce((most, tier) => ((shares[tier] ?? 0) > (shares[most] ?? 0) ? tier : most))
}
