/** How throughput grows with the number of replicas: what was measured, what the laws make of it. */

import { instrumentLimit, union } from '../../figures/comparisons.ts'
import { clusterEstimates } from '../../figures/ladders/climbs.ts'
import { estimate, estimateOf, flagged, metrics } from '../../figures/metrics.ts'
import { type ArmRecords, armsIn, byBlock } from '../../figures/records.ts'
import type { Arm, Estimate, Measurement, Run, Warning } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import { type ByBlock, ratios } from '../../stats/paired.ts'
import { median } from '../../stats/quantiles.ts'
import { fitUsl, type SizePoint, type Usl } from '../../stats/usl.ts'
import { ratioApart } from '../../stats/welch.ts'
import { ALONE, FULL, tightTier, UNLIMITED } from './scale-model.ts'
import type { Summary } from './schema.ts'

type Scalability = Summary['scalability'][number]

/**
 * X of one measurement over X of another, had the CPUs been as fast as in the other: under quotas throughput follows
 * the machine's pace, and fleets work in shifts of seconds on CPUs whose pace changes within as much.
 */
function timesAtEqualPace(many: Measurement, one: Measurement): number {
  return many.throughputPerSec / one.throughputPerSec / (paceRatio(many, one) ?? 1)
}

/**
 * Beyond this many times the pacer was disturbed and not the machine: beside a Redis that is held back for 99 of 100 ms it showed a
 * third of what it showed beside all other fleets, while replicas and proxy took as much CPU for a request as there.
 */
const MOST_TIMES = 2

/** Null where the pace of either is not known: where every replica has a core, no pacer shows it. */
function paceRatio({ host: many }: Measurement, { host: one }: Measurement): number | null {
  if (many.pace === undefined || one.pace === undefined) return null
  const ratio = many.pace / one.pace
  return ratio > MOST_TIMES || ratio < 1 / MOST_TIMES ? null : ratio
}

/** X(N) ÷ X(1) at equal pace, in each block that has both: the one home of that figure. */
export function speedups(many: ArmRecords, one: ArmRecords): ByBlock {
  return inBoth(many, one, timesAtEqualPace)
}

function inBoth<T>(many: ArmRecords, one: ArmRecords, of: (many: Measurement, one: Measurement) => T) {
  const pairs = [...many.measured].flatMap(([block, measurement]) => {
    const other = one.measured.get(block)
    return other ? [[block, of(measurement, other)] as const] : []
  })
  return new Map(pairs)
}

/** Fleets that differ in nothing but the number of replicas, and that number without quotas. */
function measuredArms(all: readonly ArmRecords[]): ArmRecords[] {
  return armsIn(all, 'replicas').filter(
    ({ arm }) => !isScattered(arm) && !isFull(arm) && tightTier(arm) === null,
  )
}

const isScattered = ({ settings }: Arm) => settings.sticky === false

const isFull = ({ variant }: Arm) => variant === FULL.redis || variant === FULL.proxy

const SAY_WHAT_IT_IS_WORTH: readonly string[] = [UNLIMITED, ALONE, FULL.redis, FULL.proxy]

/** Whether an arm is a fleet of N replicas for a table or a chart, not one that only shows what such a fleet is worth. */
export function isPoint(arm: Arm): boolean {
  return (
    arm.experiment === 'replicas' &&
    !SAY_WHAT_IT_IS_WORTH.includes(arm.variant ?? '') &&
    !isScattered(arm) &&
    tightTier(arm) === null
  )
}

/** X(N) ÷ X(1), and E(N) = X(N) ÷ (N · X(1)) where each replica had a core, or a share of one, of its own. */
export function scaling(all: readonly ArmRecords[]): Summary['scaling'] {
  const measured = measuredArms(all)
  return measured.flatMap((many) => {
    const one = singleOf(many, measured)
    if (!one) return []
    const context = { warnings: union([many, one]) }
    const times = [...speedups(many, one).values()]
    const speedup = estimate(times, 'ratio', context)
    if (!speedup) return []
    const { scheme, replicas } = many.arm
    const reason = withheld(many, context.warnings)
    const shares = times.map((x) => x / replicas)
    const efficiency = reason ? null : estimate(shares, 'ratio', context)
    const paces = [...inBoth(many, one, paceRatio).values()].filter((ratio) => ratio !== null)
    const pace = estimate(paces, 'ratio', context)
    const bias = quotaBias(many, measured)
    return [{ scheme, replicas, speedup, efficiency, withheld: reason, pace, quotaBias: bias }]
  })
}

/** The single replica that a fleet is compared with; undefined for one replica, and where none was measured. */
export function singleOf({ arm: fleet }: ArmRecords, all: readonly ArmRecords[]): ArmRecords | undefined {
  if (fleet.replicas === 1) return undefined
  return measuredArms(all).find(({ arm }) =>
    fleet.comparedWith === null
      ? arm.scheme === fleet.scheme && arm.replicas === 1
      : arm.id === fleet.comparedWith,
  )
}

/** Two replicas on one core cannot serve twice as much, whatever the scheme: there an efficiency would mislead. */
function withheld(many: ArmRecords, both: readonly Warning[]): Warning | null {
  if (many.warnings.includes('replicas-share-cores')) return 'replicas-share-cores'
  return instrumentLimit(both)
}

/** What the laws make of each scheme, from the arms that were measured before anything was predicted. */
export function scalability(all: readonly ArmRecords[], run: Pick<Run, 'seed'>): Summary['scalability'] {
  const schemes = groupedBy(armsIn(all, 'replicas'), ({ arm }) => arm.scheme)
  return [...schemes].map(([scheme, own]) => {
    const quotas = own.find(({ arm }) => arm.quotas)?.arm.quotas
    const one = own.find(({ arm }) => arm.variant === 'n1')
    // Replicas that take turns on a core obey another law, which nobody asked for.
    const shared = own.some(({ warnings }) => warnings.includes('replicas-share-cores'))
    return {
      scheme,
      shareCores: quotas?.replicaCores ?? null,
      quotaBias: quotaBias(one, own),
      law: shared ? null : lawOf(own),
      usl: shared ? null : usl(own, run),
      scattered: own.filter(({ arm }) => isScattered(arm)).flatMap(refusals),
    }
  })
}

/**
 * Replica CPU a request in a fleet under quotas over that of one replica without, in the same block. Where the two were measured in
 * rounds that lie apart, no blocks pair, and it is the ratio of geometric means.
 */
function quotaBias(fleet: ArmRecords | undefined, all: readonly ArmRecords[]): Estimate | null {
  const free = all.find(({ arm }) => arm.variant === UNLIMITED && arm.scheme === fleet?.arm.scheme)
  if (!free || !fleet?.arm.quotas) return null
  const cpu = (records: ArmRecords) => byBlock(records, metrics['cpuUsPerRequest.replicas'].of)
  const warnings = union([free, fleet])
  const paired = estimate(ratios(cpu(fleet), cpu(free)), 'ratio', { warnings })
  if (paired) return paired
  const apart = ratioApart([...cpu(fleet).values()], [...cpu(free).values()])
  const blocks = Math.min(cpu(fleet).size, cpu(free).size)
  return apart && flagged(apart, 'ratio', blocks, warnings)
}

/** What the demand law needs to know of a scheme, in one block. */
export interface Demands {
  /** Requests per second of one replica that is full. */
  onePerSec: number
  /** CPU seconds of one request; 0 where a tier is not used. */
  redisSec: number
  proxySec: number
  /** Whether Redis was full where its demand was told; one that was not takes more for a request, so that the demand is at most that. */
  redisWasFull: boolean
}

/** Whether the laws may know of an arm: what rotates is measured when they have spoken. */
export function isKnown({ heldOut, fleet }: Arm): boolean {
  return !heldOut && fleet === undefined
}

/**
 * Demands in each block, by what was not held out: the replica's from its throughput alone, those of Redis and the proxy where each
 * was full, since what they take for a request depends on how many come at once. Without such an arm they are those of the largest
 * number of replicas. All at the pace at which the one replica was measured.
 */
export function demandsByBlock(own: readonly ArmRecords[]): Map<number, Demands> {
  const known = measuredArms(own).filter(({ arm }) => isKnown(arm) && arm.variant !== UNLIMITED)
  const one = known.find(({ arm }) => arm.replicas === 1)
  const [most] = known.toSorted((a, b) => b.arm.replicas - a.arm.replicas)
  const [redis, proxy] = (['redis', 'proxy'] as const).map(
    (tier) => own.find(({ arm }) => arm.variant === FULL[tier]) ?? most,
  )
  const demands = new Map<number, Demands>()
  for (const [block, single] of one?.measured ?? []) {
    const [fullRedis, fullProxy] = [redis?.measured.get(block), proxy?.measured.get(block)]
    if (!fullRedis || !fullProxy) continue
    demands.set(block, {
      onePerSec: single.throughputPerSec,
      redisSec: ((fullRedis.cpuUsPerRequest.redis ?? 0) / 1e6) * (paceRatio(fullRedis, single) ?? 1),
      proxySec: ((fullProxy.cpuUsPerRequest.proxy ?? 0) / 1e6) * (paceRatio(fullProxy, single) ?? 1),
      redisWasFull: fullRedis.warnings.includes('redis-saturated'),
    })
  }
  return demands
}

/** Cores that a tier may use in all. */
export interface SharedCores {
  redis: number
  proxy: number
}

/** Without quotas Redis can use one, and the proxy has as many as there are replicas. */
export const sharedCores = ({ quotas, replicas }: Pick<Arm, 'quotas' | 'replicas'>): SharedCores =>
  quotas ? { redis: quotas.redisCores, proxy: quotas.proxyCores } : { redis: 1, proxy: replicas }

/**
 * Requests per second of N replicas by the demand law: no station is busy for more than all of the time, so X <= m/D for m
 * servers with a demand of D each (utilization law, U = X·D: Denning & Buzen, "The operational analysis of queueing
 * network models", ACM Computing Surveys 10, 1978).
 */
export function demandLaw({ onePerSec, redisSec, proxySec }: Demands, n: number, cores: SharedCores): number {
  return 1 / Math.max(1 / onePerSec / n, redisSec / cores.redis, proxySec / cores.proxy)
}

function lawOf(own: readonly ArmRecords[]): Scalability['law'] {
  const blocks = [...demandsByBlock(own).values()]
  const one = measuredArms(own).find(
    ({ arm }) => isKnown(arm) && arm.replicas === 1 && arm.variant !== UNLIMITED,
  )
  if (!one || blocks.length === 0) return null
  const usesRedis = blocks.some(({ redisSec }) => redisSec > 0)
  const context = { warnings: union(own.filter(({ arm }) => isKnown(arm))) }
  const ofRedis = (of: (demands: Demands) => number, unit: string) =>
    usesRedis ? estimate(blocks.map(of), unit, context) : null
  const { redis } = sharedCores(one.arm)
  return {
    onePerSec: median(blocks.map(({ onePerSec }) => onePerSec)),
    redisPerSec: ofRedis(({ redisSec }) => redis / redisSec, 'requests/s'),
    redisFromReplicas: ofRedis(({ redisSec, onePerSec }) => redis / redisSec / onePerSec, 'replicas'),
    redisWasFull: usesRedis ? blocks.every(({ redisWasFull }) => redisWasFull) : null,
  }
}

/** The Universal Scalability Law over all numbers of replicas; one cluster a block, at the pace of its one replica. */
function usl(own: readonly ArmRecords[], { seed }: Pick<Run, 'seed'>): Scalability['usl'] {
  const arms = measuredArms(own).filter(({ arm }) => isPoint(arm))
  const one = arms.find(({ arm }) => arm.replicas === 1)
  const blocks = [...new Set(arms.flatMap(({ measured }) => [...measured.keys()]))]
  const clusters = blocks.map((block) =>
    arms.flatMap(({ arm, measured }): SizePoint[] => {
      const found = measured.get(block)
      const base = one?.measured.get(block) ?? found
      return found && base
        ? [{ n: arm.replicas, perSec: base.throughputPerSec * timesAtEqualPace(found, base) }]
        : []
    }),
  )
  if (fitUsl(clusters.flat()) === null) return null
  const context = { seed, warnings: union(arms) }
  const units = { perSecAtOne: 'requests/s', contention: 'share', coherency: 'share' }
  return clusterEstimates(clusters, (drawn) => fitUsl(drawn) ?? NO_FIT, units, context)
}

/** Of blocks that together have too few sizes. */
const NO_FIT: Usl = { perSecAtOne: Number.NaN, contention: Number.NaN, coherency: Number.NaN }

/** How often a user is not known to the replica that he was sent to. */
function refusals(records: ArmRecords): Scalability['scattered'] {
  const refused = ({ statusCounts, requests }: Measurement) => (statusCounts['401'] ?? 0) / requests
  const refusedShare = estimateOf(records, refused, 'share')
  return refusedShare ? [{ replicas: records.arm.replicas, refusedShare }] : []
}
