/**
 * From measured records to how much of everything a load needs.
 *
 * A replica gets the highest rate at which it is no busier than the headroom leaves, and keeps the latency asked for. Redis and proxy
 * are sized by the CPU that each request takes of them at the rate that they will see (utilization law, U = X·D: Denning and
 * Buzen, "The operational analysis of queueing network models", ACM Computing Surveys 10, 1978). Both also hold when the units that may be
 * gone are gone. Response times are those of one replica, and what waiting at Redis and proxy adds when they serve all of
 * them.
 */
import { FEW_BLOCKS } from '../stats/median-interval.ts'
import { counted, list } from '../words/format.ts'
import { type Ladder, latencyAt, measuredRates, mostBlocks, type Reach, reach } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { evidenceIds, rate, warningsOf } from './notes.ts'
import { atMost, exactly, over, plus, type Range, scaled, smaller, times, wholeUnits } from './range.ts'
import type { PlanRequest, Prices } from './request.ts'
import { eachWithSpare, unitsLeft } from './spare.ts'
import { withState } from './state.ts'
import { busyAt, costAt, rateAtBusy, type TierCost } from './tier-cost.ts'
import { addedUs, sharedServers, tooLong } from './waiting.ts'

export interface Plan {
  scheme: string
  replicas: Range
  redisPrimaries: Range
  /** Copies that take over from primaries. */
  redisStandbys: Range
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
  busy: Busy
  /** The same with the units gone that may be; null where none may. */
  whenGone: { replicas: number; busy: Busy; p99Ms: number } | null
  /** The trials that each figure rests on. */
  evidence: Record<string, string[]>
  warnings: string[]
  refused: null
}

interface Busy {
  replicas: number
  redis: number | null
  proxy: number
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
  const few = tooFewBlocks(evidence)
  if (few) return refuse(few)
  const one = perCore(evidence, request)
  if (typeof one === 'string') return refuse(one)
  const poor = tooFar(evidence, request.rps)
  if (poor.length > 0) {
    return refuse(
      `${rate(request.rps)} is more than ${FAR} times what was measured (${rate(measuredRates(evidence.ladder).most)}), and ` +
        `the fit of U = U0 + D·X is too poor to carry ${list(poor)} that far: “Far scale” in the run’s report.md ` +
        'shows how far each part goes, and what the rest would take',
    )
  }
  const tiers = sizesOfTiers(evidence, request)
  const most = rateWithWaiting(evidence, request, one.perSec.value, tiers.busyWhenGone)
  if (typeof most === 'string') return refuse(most)
  const perSec = most < one.perSec.value ? atMost(one.perSec, most) : one.perSec
  const each = scaled(perSec, request.replicaCores)
  const carrying = wholeUnits(over(exactly(request.rps), each))
  const replicas = eachWithSpare(carrying, request)
  if (request.zones > replicas.value)
    return refuse(
      `${replicas.value} replicas carry this load, and cannot be spread over ${request.zones} zones: ask for fewer with --zones`,
    )
  const left = unitsLeft(replicas.value, carrying.value, request)
  const usual = responses(evidence, request, replicas.value, tiers.busy)
  const gone = left < replicas.value ? responses(evidence, request, left, tiers.busyWhenGone) : null
  if (!usual) return refuse(`no latency was measured near ${rate(request.rps / left)} for one replica`)
  const { perReplicaCore, busy } = usual
  const sizes = { ...tiers.sizes, replicas, egressBytesPerSec: scaled(evidence.replyBytes, request.rps) }
  return {
    scheme,
    ...sizes,
    redisMemoryBytes: scaled(evidence.userBytes.redis, request.users),
    replicaMemoryBytes: scaled(evidence.userBytes.replicas, request.users),
    p50Ms: usual.p50Ms,
    p99Ms: usual.p99Ms,
    costPerMonth: request.prices && cost(sizes, request.prices),
    bottleneck: fullest({ ...busy, replicas: perReplicaCore / one.capacity }),
    busy,
    whenGone: gone && { replicas: left, busy: gone.busy, p99Ms: gone.p99Ms.value },
    evidence: evidenceIds(evidence, request),
    warnings: warningsOf(evidence, request, {
      each: perReplicaCore,
      atLeast: one.atLeast,
      held: one.held,
      replicas: replicas.value,
      redisPrimaries: sizes.redisPrimaries.value,
      redisStandbys: sizes.redisStandbys.value,
      addedShare: usual.waiting.value / 1e3 / usual.p99Ms.value,
    }),
    refused: null,
  }
}

/** From fewer a capacity is a range, and a number of replicas would only look like an answer. */
function tooFewBlocks({ scheme, ladder }: Evidence): string | null {
  const blocks = mostBlocks(ladder)
  if (blocks >= FEW_BLOCKS) return null
  return (
    `the capacity of ${scheme} was measured in ${counted(blocks, 'block')}, and a plan takes ${FEW_BLOCKS}: run npm run bench again, ` +
    `since runs of one machine are put together, or npm run bench -- --only latency,cost,users --schemes ${scheme} --trials ${FEW_BLOCKS}`
  )
}

interface PerCore {
  /** What a core of replicas may get, by itself and in a fleet. */
  alone: Range
  perSec: Range
  /** Where it breaks the latency asked for. */
  capacity: number
  atLeast: boolean
  /** Where all blocks together keep the latency up to a lower rate than the median block. */
  held: { perSec: number; medianPerSec: number } | null
}

/** The rate at which one is no busier than the headroom leaves and keeps the latency, or why it is not known. */
export function perCore(
  evidence: Evidence,
  { headroom, p99Ms }: Pick<PlanRequest, 'headroom' | 'p99Ms'>,
): PerCore | string {
  const { ladder, scaling, slo, replica } = evidence
  const one = oneReplica(evidence, p99Ms)
  if (typeof one === 'string') return one
  const kept = reach(ladder, { p99Us: p99Ms * 1_000, maxErrorShare: slo.maxErrorShare })
  if (!kept) return nowhereKept(ladder, p99Ms)
  const most = Math.max(one.perSec.hi, measuredRates(ladder).most)
  const notTooBusy = rateAtBusy(replica, 1 - headroom, most)
  // The run's capacity is its median block's, while users meet all blocks: where these say less, less is planned with.
  const byLatency = kept.atLeast ? one.perSec : atMost(one.perSec, kept.perSec.value)
  const isHeld = byLatency.value < Math.min(one.perSec.value, notTooBusy.value)
  const alone = smaller(byLatency, notTooBusy)
  return {
    alone,
    perSec: times(alone, scaling?.efficiency ?? exactly(1)),
    capacity: byLatency.value,
    atLeast: one.atLeast,
    held: isHeld ? { perSec: kept.perSec.value, medianPerSec: one.perSec.value } : null,
  }
}

/**
 * The highest rate of a replica's core, up to `most`, at which what is waited for at Redis and proxy does not break the latency either; or
 * why there is none.
 */
function rateWithWaiting(
  evidence: Evidence,
  request: PlanRequest,
  most: number,
  busy: Omit<Busy, 'replicas'>,
): number | string {
  const at = (perCore: number) => {
    const own = latencyAt(evidence.ladder, perCore, (step) => step.p99Us)?.value ?? 0
    return { own, waiting: addedUs(sharedServers(evidence, busy, { rps: request.rps, perCore })).p99.value }
  }
  const isKept = (perCore: number) => {
    const { own, waiting } = at(perCore)
    return own + waiting <= 1_000 * request.p99Ms
  }
  if (isKept(most)) return most
  const { least } = measuredRates(evidence.ladder)
  if (least >= most || !isKept(least)) {
    const { own, waiting } = at(Math.min(least, most))
    return tooLong(own, waiting, request) ?? nowhereKept(evidence.ladder, request.p99Ms)
  }
  let [kept, broken] = [least, most]
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (kept + broken) / 2
    if (isKept(middle)) kept = middle
    else broken = middle
  }
  return kept
}

/** Halvings of the interval; rates have three digits. */
const BISECTIONS = 30

/** With so many replicas at work; null where no latency is known at the rate that each of their cores gets. */
function responses(
  evidence: Evidence,
  { rps, replicaCores }: PlanRequest,
  replicas: number,
  { redis, proxy }: Omit<Busy, 'replicas'>,
) {
  const perReplicaCore = rps / replicas / replicaCores
  const own = latencyAt(evidence.ladder, perReplicaCore, (step) => step.p99Us)
  const half = latencyAt(evidence.ladder, perReplicaCore, (step) => step.p50Us)
  if (!own || !half) return null
  const added = addedUs(sharedServers(evidence, { redis, proxy }, { rps, perCore: perReplicaCore }))
  return {
    ...{ perReplicaCore, own, waiting: added.p99 },
    p50Ms: scaled(plus(half, added.p50), 1e-3),
    p99Ms: scaled(plus(own, added.p99), 1e-3),
    busy: { replicas: busyAt(evidence.replica, perReplicaCore).value, redis, proxy },
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

function sizesOfTiers({ redis, proxy }: Evidence, request: PlanRequest) {
  const { rps, headroom } = request
  const cores = (tier: TierCost) => scaled(costAt(tier, rps), rps / 1e6)
  const units = (tier: TierCost) => wholeUnits(scaled(cores(tier), 1 / (1 - headroom)))
  const redisPrimaries = redis ? units(redis) : exactly(0)
  const neededCores = units(proxy)
  const proxyCores = eachWithSpare(neededCores, request)
  const busyRedis = redis && cores(redis).value / redisPrimaries.value
  const left = unitsLeft(proxyCores.value, neededCores.value, request)
  return {
    sizes: {
      redisPrimaries,
      redisStandbys: scaled(redisPrimaries, standbysEach(request, redisPrimaries.value)),
      proxyCores,
    },
    busy: { redis: busyRedis, proxy: cores(proxy).value / proxyCores.value },
    // A standby takes all of its primary's load.
    busyWhenGone: { redis: busyRedis, proxy: cores(proxy).value / left },
  }
}

/** Of each primary, so that all that may fail at once can be one and its standbys but the last. */
function standbysEach({ survive, zones }: PlanRequest, primaries: number): number {
  return survive ?? (primaries > 1 || zones > 1 ? 1 : 0)
}

/** What a load takes by `expense`; null where there is no plan. */
export function expenseOf(measured: Evidence, request: PlanRequest): number | null {
  const made = plan(measured, request)
  return made.refused === null ? expense(made, request) : null
}

/** Money where there are prices, else cores, a Redis primary or standby being one. */
export function expense(made: Plan, { replicaCores }: PlanRequest): number {
  if (made.costPerMonth) return made.costPerMonth.value
  const redis = made.redisPrimaries.value + made.redisStandbys.value
  return made.replicas.value * replicaCores + redis + made.proxyCores.value
}

/** The rate of one replica that a plan can rest on, or why it cannot. */
export function oneReplica(evidence: Evidence, p99Ms: number): Reach | string {
  const { ladder } = evidence
  const one = capacityOfOne(evidence, p99Ms * 1_000)
  if (one === null) return nowhereKept(ladder, p99Ms)
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

type Sizes = Pick<Plan, 'replicas' | 'redisPrimaries' | 'redisStandbys' | 'proxyCores' | 'egressBytesPerSec'>

function cost(sizes: Sizes, prices: Prices): Range {
  return [
    scaled(sizes.replicas, prices.replica),
    scaled(plus(sizes.redisPrimaries, sizes.redisStandbys), prices.redis),
    scaled(sizes.proxyCores, prices.proxyCore),
    scaled(sizes.egressBytesPerSec, (SEC_A_MONTH / 1e9) * prices.egressGb),
  ].reduce(plus)
}

/** By share of what each can carry; for replicas that is the rate at which latency breaks, not a busy core. */
function fullest(shares: Busy): Plan['bottleneck'] {
  const tiers = ['replicas', 'redis', 'proxy'] as const
  return tiers.reduce((most, tier) => ((shares[tier] ?? 0) > (shares[most] ?? 0) ? tier : most))
}
