/**
 * What a load far beyond the measured ones would take of each scheme, and up to where which evidence carries that.
 *
 * The same laws as a plan: replicas by the rate that one of them keeps, the shared tiers by the utilization law, U =
 * X·D (Denning & Buzen, ACM Computing Surveys 10, 1978). A plan is for one load, and may refuse. This is the line over
 * all loads: it shows where measurement ends, and where knowledge ends.
 */
import type { MeasuredSummary } from '../../experiments/reports.ts'
import { type Usl, uslPeak, uslSize, uslThroughput } from '../../stats/usl.ts'
import { oneReplica, perProcess } from '../capacity.ts'
import { measuredRates } from '../curve.ts'
import type { Evidence } from '../evidence.ts'
import { exactly, larger, over, type Range, rangeOf, scaled, times, wholeUnits } from '../range.ts'
import { costAt, type TierCost } from '../tier-cost.ts'
import { knownTo } from '../tiers.ts'
import type { FarScale } from './schema.ts'

export type Assumptions = FarScale['assumptions']
export type FarSizes = FarScale['schemes'][number]['sizes'][number]
export type FarLaw = NonNullable<FarScale['schemes'][number]['law']>
type Contention = FarLaw['contention']
type Fleets = Pick<MeasuredSummary, 'scaling' | 'scalability'>

/** Below these a thousand replicas lose 0.1 %, which no fit can tell from nothing. */
const LEAST = { alpha: 1e-6, beta: 1e-9 }

/** @returns a sentence that says why nothing can be said, where one replica is not known well enough */
export function farLaw(evidence: Evidence, fleets: Fleets, assumptions: Assumptions): FarLaw | string {
  const one = oneReplica(evidence, assumptions.p99Ms)
  if (typeof one === 'string') return one
  const safe = perProcess(evidence, { ...assumptions, replicaCores: 1 })
  if (typeof safe === 'string') return safe
  const { scheme, scaling, userBytes, userBytesOf } = evidence
  const tier = (cost: TierCost) => ({
    cpuUs: costAt(cost, Number.POSITIVE_INFINITY),
    knownToPerSec: knownTo(cost, measuredRates(evidence).most),
  })
  const redis = evidence.redis && { ...tier(evidence.redis), userBytes: rangeOf(userBytes.redis) }
  const proxy = tier(evidence.proxy)
  const measuredToPerSec = Math.min(
    one.perSec.value * fleetMeasured(scheme, fleets),
    usersMeasured(evidence) / assumptions.secPerRequest,
  )
  return {
    onePerSec: rangeOf(one.perSec),
    safePerSec: rangeOf(safe.alone),
    efficiency: scaling?.efficiency ?? null,
    atLeast: one.atLeast,
    proxy,
    redis,
    userBytesOf,
    fewBlocks: evidence.warnings.includes('few-blocks'),
    measuredToPerSec,
    lawToPerSec: Math.max(measuredToPerSec, enoughAlone({ proxy, redis }, assumptions)),
    contention: contentionOf(scheme, fleets, safe.alone.value),
  }
}

/** In how many times one replica: only fleets with whole cores were really sent that much. */
function fleetMeasured(scheme: string, { scaling }: Fleets): number {
  const speedups = scaling.filter((entry) => entry.scheme === scheme && entry.efficiency && !entry.quotaBias)
  return Math.max(1, ...speedups.map(({ speedup }) => speedup.value))
}

/** Users matter only to schemes that keep something for each of them. */
function usersMeasured({ userBytes, mostUsers }: Evidence): number {
  return userBytes.replicas.value + userBytes.redis.value > 0 ? mostUsers : Number.POSITIVE_INFINITY
}

/** Requests per second up to which one proxy core and one Redis primary are enough. */
function enoughAlone({ proxy, redis }: Pick<FarLaw, 'proxy' | 'redis'>, assumptions: Assumptions): number {
  const { headroom, primaryBytes, secPerRequest } = assumptions
  const byCpu = (cpuUs: Range) => ((1 - headroom) * 1e6) / cpuUs.value
  if (!redis) return byCpu(proxy.cpuUs)
  const byMemory = primaryBytes / redis.userBytes.value / secPerRequest
  return Math.min(byCpu(proxy.cpuUs), byCpu(redis.cpuUs), byMemory)
}

function contentionOf(scheme: string, { scaling, scalability }: Fleets, perSecAtOne: number): Contention {
  const sizes = scaling.flatMap((entry) => (entry.scheme === scheme ? [entry.replicas] : []))
  const mostReplicas = sizes.length > 0 ? Math.max(...sizes) : null
  const usl = scalability.find((entry) => entry.scheme === scheme)?.usl
  const nothing = { mostReplicas, alpha: null, beta: null, ceilingPerSec: null }
  if (!usl || mostReplicas === null) return { ...nothing, found: 'not-measured' }
  const others = ['redis-saturated', 'proxy-saturated', 'generator-saturated'] as const
  if (others.some((warning) => usl.contention.warnings.includes(warning)))
    return { ...nothing, found: 'hidden' }
  const [alpha, beta] = [rangeOf(usl.contention), rangeOf(usl.coherency)]
  const isTold = alpha.lo > LEAST.alpha || beta.lo > LEAST.beta
  const end = isTold ? 'value' : 'hi'
  const ceilingPerSec = ceilingOf({ perSecAtOne, contention: alpha[end], coherency: beta[end] })
  return { found: isTold ? 'some' : 'none', mostReplicas, alpha, beta, ceilingPerSec }
}

/** What no size exceeds: the peak, or where there is none what throughput nears, λ/α. */
function ceilingOf({ perSecAtOne, contention, coherency }: Usl): number | null {
  const told = (value: number, least: number) => (value > least ? value : 0)
  const [alpha, beta] = [told(contention, LEAST.alpha), told(coherency, LEAST.beta)]
  const usl = { perSecAtOne, contention: alpha, coherency: beta }
  const peak = uslPeak(usl)
  if (Number.isFinite(peak)) return uslThroughput(usl, peak)
  return alpha > 0 ? perSecAtOne / alpha : null
}

/** What a load takes, whatever carries it; `rests` says what does. */
export function sizesAt(law: FarLaw, rps: number, assumptions: Assumptions): FarSizes {
  const { headroom, secPerRequest, primaryBytes } = assumptions
  const users = rps * secPerRequest
  const each = times(law.safePerSec, law.efficiency ?? exactly(1))
  const cores = ({ cpuUs, knownToPerSec }: FarLaw['proxy']) =>
    rps > (knownToPerSec ?? rps) ? null : wholeUnits(scaled(cpuUs, rps / 1e6 / (1 - headroom)))
  const byCpu = law.redis ? cores(law.redis) : exactly(0)
  const byMemory = law.redis ? wholeUnits(scaled(law.redis.userBytes, users / primaryBytes)) : exactly(0)
  return {
    rps,
    users,
    rests: rps <= law.measuredToPerSec ? 'measured' : rps <= law.lawToPerSec ? 'law' : 'assumption',
    replicas: wholeUnits(over(exactly(rps), each)),
    contended: contended(law, rps),
    redisPrimaries: byCpu && larger(byCpu, byMemory),
    decidedBy: law.redis && byCpu ? (byMemory.value > byCpu.value ? 'memory' : 'cpu') : null,
    proxyCores: cores(law.proxy),
  }
}

function contended({ contention, safePerSec }: FarLaw, perSec: number): number | null {
  const { found, alpha, beta } = contention
  if (found !== 'some' || !alpha || !beta) return null
  return uslSize({ perSecAtOne: safePerSec.value, contention: alpha.value, coherency: beta.value }, perSec)
}
