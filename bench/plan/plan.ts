/**
 * From measured records to how much of everything a load needs.
 *
 * A replica gets the highest rate at which it is no busier than the headroom leaves, and keeps the latency asked for. Redis and proxy
 * are sized by the CPU that each request takes of them at the rate that they will see (utilization law, U = X·D: Denning and
 * Buzen, "The operational analysis of queueing network models", ACM Computing Surveys 10, 1978). Both also hold when the units that may be
 * gone are gone. Response times are those of one replica, and what waiting at Redis and proxy adds when they serve all of
 * them.
 */
import { atPlace } from '../figures/runs/at-load.ts'
import { list } from '../words/format.ts'
import { type ByCore, byCoreOf } from './by-core.ts'
import { perProcess, rateWithWaiting, tooFewBlocks } from './capacity.ts'
import { latencyAt, measuredRates, rate } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { hashingCores, storedSessions, withIssuing } from './logins.ts'
import { evidenceIds, warningsOf } from './notes.ts'
import { atMost, each, exactly, over, plus, type Range, scaled, wholeUnits } from './range.ts'
import { coreShare, type PlanRequest, type Prices, processesOf } from './request.ts'
import { withService } from './service.ts'
import { eachWithSpare, unitsLeft } from './spare.ts'
import { withState } from './state.ts'
import { busyAt } from './tier-cost.ts'
import { containerOf, FAR, forConnections, sizesOfTiers, tooFar } from './tiers.ts'
import { addedUs, sharedServers } from './waiting.ts'

export interface Plan {
  scheme: string
  replicas: Range
  redisPrimaries: Range
  /** Copies that take over from primaries. */
  redisStandbys: Range
  redisMemoryBytes: Range
  /** State that the replicas hold together. */
  replicaMemoryBytes: Range
  /** What a container of one replica asks for and may take; null in runs that did not record it. */
  container: { requestBytes: number; limitBytes: number } | null
  proxyCores: Range
  egressBytesPerSec: Range
  /** Beside the replicas, for the passwords of logins; null without logins. */
  hashingCores: Range | null
  /** Both null where they were not measured: under a quota, or of a scheme without a ladder. */
  p50Ms: Range | null
  p99Ms: Range | null
  costPerMonth: Range | null
  /** What a core of replicas carries of logins and refreshes. */
  byCore: ByCore
  /** Of what is busy, what auth adds; null where there was no control. */
  auth: { cores: Range; share: number } | null
  /** What fills up first when the load grows and nothing is added. */
  bottleneck: 'replicas' | 'redis' | 'proxy'
  /** Busy share of each tier at the planned load. */
  busy: Busy
  /** Busier than this a replica would not keep its headroom or the latency: where an autoscaler adds one. */
  mostBusy: number
  /** The same with the units gone that may be; null where none may. */
  whenGone: { replicas: number; busy: Busy; p99Ms: number | null } | null
  /** Why these are ranges and no plan: too little was measured for one. */
  few: string | null
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

const SEC_A_MONTH = (365.25 * 86_400) / 12

/** A plan, or why the evidence cannot carry one. Pure. */
export function plan(measured: Evidence, request: PlanRequest): Plan | Refusal {
  const { scheme } = measured
  const refuse = (refused: string): Refusal => ({ scheme, refused })
  const remembering = request.stateBytes === null ? measured : withState(measured, request.stateBytes)
  if (typeof remembering === 'string') return refuse(remembering)
  const serving = withService(remembering, request)
  if (typeof serving === 'string') return refuse(serving)
  const evidence = withIssuing(serving, request)
  if (typeof evidence === 'string') return refuse(evidence)
  const one = perProcess(evidence, request)
  if (typeof one === 'string') return refuse(one)
  // By the rates that were sent, whatever they come to with more work in each request.
  const poor = tooFar({ ...evidence, ladder: measured.ladder }, request.rps)
  if (poor.length > 0) {
    return refuse(
      `${rate(request.rps)} is more than ${FAR} times what was measured (${rate(measuredRates(measured).most)}), and ` +
        `the fit of U = U0 + D·X is too poor to carry ${list(poor)} that far: “Far scale” in the run’s report.md ` +
        'shows how far each part goes, and what the rest would take',
    )
  }
  const stored = storedSessions(request)
  const tiers = sizesOfTiers(evidence, request, stored)
  const most = rateWithWaiting(evidence, request, one.perSec.value, tiers.busyWhenGone)
  if (typeof most === 'string') return refuse(most)
  const perSec = most < one.perSec.value ? atMost(one.perSec, most) : one.perSec
  const ofReplica = scaled(perSec, processesOf(request))
  const carrying = wholeUnits(over(exactly(request.rps), ofReplica))
  const replicas = eachWithSpare(carrying, request)
  if (request.zones > replicas.value)
    return refuse(
      `${replicas.value} replicas carry this load, and cannot be spread over ${request.zones} zones: ask for fewer with --zones`,
    )
  const left = unitsLeft(replicas.value, carrying.value, request)
  const usual = responses(evidence, request, replicas.value, tiers.busy)
  const gone = left < replicas.value ? responses(evidence, request, left, tiers.busyWhenGone) : null
  if (!usual) return refuse(`no latency was measured near ${rate(request.rps / left)} for one replica`)
  const { perSec: each, busy } = usual
  const redisPrimaries = forConnections(tiers.sizes.redisPrimaries, replicas.value)
  const egressBytesPerSec = scaled(evidence.replyBytes, request.rps)
  const sizes = { ...tiers.sizes, redisPrimaries, replicas, egressBytesPerSec }
  return {
    scheme,
    ...sizes,
    redisMemoryBytes: scaled(evidence.userBytes.redis, stored),
    replicaMemoryBytes: scaled(evidence.userBytes.replicas, stored),
    container: containerOf(evidence, stored, replicas.value, request),
    hashingCores: hashingCores(evidence, request),
    p50Ms: usual.p50Ms,
    p99Ms: usual.p99Ms,
    costPerMonth: request.prices && cost(sizes, request.prices),
    byCore: byCoreOf(measured),
    auth: authShare(measured, request, each, busyCores(busy, sizes, request)),
    bottleneck: fullest({ ...busy, replicas: each / one.capacity }),
    busy,
    mostBusy: busyAt(evidence.replica, perSec.value).value / coreShare(request),
    whenGone: gone && { replicas: left, busy: gone.busy, p99Ms: gone.p99Ms?.value ?? null },
    few: request.p99Ms === null ? null : tooFewBlocks(measured),
    evidence: evidenceIds(evidence, request),
    warnings: warningsOf(evidence, request, {
      each,
      atLeast: one.atLeast,
      held: one.held,
      replicas: replicas.value,
      redisPrimaries: sizes.redisPrimaries.value,
      redisStandbys: sizes.redisStandbys.value,
      addedShare: usual.p99Ms ? usual.waiting.value / 1e3 / usual.p99Ms.value : 0,
    }),
    refused: null,
  }
}

/** Busy cores of all tiers. */
function busyCores(
  busy: Busy,
  sizes: Pick<Sizes, 'replicas' | 'redisPrimaries' | 'proxyCores'>,
  { replicaCores }: PlanRequest,
) {
  const replicas = busy.replicas * sizes.replicas.value * replicaCores
  return replicas + (busy.redis ?? 0) * sizes.redisPrimaries.value + busy.proxy * sizes.proxyCores.value
}

/** At the rate of a process and the handler work of the service. @param cores that are busy */
function authShare(
  { auth }: Evidence,
  { handlerUs }: PlanRequest,
  perSec: number,
  cores: number,
): Plan['auth'] {
  const place = { perSec, handlerUs }
  const taxUs = atPlace(auth, place, (one) => one.taxUs)
  const cpuUs = atPlace(auth, place, (one) => exactly(one.cpuUs))
  if (!taxUs || !cpuUs) return null
  const most = Math.max(...auth.map((one) => one.handlerUs))
  const all = cpuUs.value + Math.max(0, handlerUs - most)
  return { cores: scaled(taxUs, cores / all), share: taxUs.value / all }
}

/** With so many replicas at work; null where no latency is known at the rate that each of their processes gets. */
function responses(
  evidence: Evidence,
  request: PlanRequest,
  replicas: number,
  { redis, proxy }: Omit<Busy, 'replicas'>,
) {
  const { rps } = request
  const perSec = rps / replicas / processesOf(request)
  const own = latencyAt(evidence.ladder, perSec, (step) => step.p99Us)
  const half = latencyAt(evidence.ladder, perSec, (step) => step.p50Us)
  if (request.p99Ms !== null && !(own && half)) return null
  const share = coreShare(request)
  const added = addedUs(sharedServers(evidence, { redis, proxy }, { rps, perSec }))
  const ms = (us: Range | null, waiting: Range) =>
    us === null || share < 1 ? null : steady(scaled(plus(us, waiting), 1e-3))
  return {
    ...{ perSec, waiting: added.p99 },
    p50Ms: ms(half, added.p50),
    p99Ms: ms(own, added.p99),
    busy: { replicas: busyAt(evidence.replica, perSec).value / share, redis, proxy },
  }
}

/** Node and a browser differ in the last bit of a logarithm: page and command say the same all the same. */
const steady = (a: Range): Range => each((end) => Number(a[end].toPrecision(12)))

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
