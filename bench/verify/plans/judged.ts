/** What fleets that were started say of the plans that asked for them. Pure. */
import type { Range } from '../../plan/range.ts'
import type { PlanCheck } from '../../record/types.ts'
import { clusteredMean } from '../../stats/clustered.ts'
import { median } from '../../stats/quantiles.ts'
import { mean, sum } from '../../stats/sums.ts'
import type { Seen } from './started.ts'

type Request = PlanCheck['requests'][number]
type Fleet = Request['fleets'][number]
type Tier = keyof Fleet['busy']

/** What a fleet was started for. */
export interface Promised {
  replicas: number
  atWork: number
  /** Of a core, that each replica may use. */
  coreShare: number
  /** All that it gets a second: reads, logins, refreshes. */
  perSec: number
  mostBusy: number
  /** Null where none was asked for. */
  p99Ms: number | null
  maxErrorShare: number
}

const totalUs = ({ cpuUs, requests }: Seen) =>
  sum([cpuUs.replicas ?? Number.NaN, cpuUs.redis ?? 0, cpuUs.proxy ?? Number.NaN]) / requests

/**
 * CPU a request times the requests asked for, since a turn meets a few more or less by chance. At equal pace each turn is divided by what
 * the control took beside it, against what it took in the runs: `controlUs`, whose own interval is part of it.
 */
export function judgedFleet(
  promised: Promised,
  { own, control, p99Us }: { own: readonly Seen[]; control: readonly Seen[]; p99Us: number },
  controlUs: Range,
): Fleet {
  const { atWork, coreShare, perSec, mostBusy, p99Ms, maxErrorShare } = promised
  const paces = control.map((turn) => totalUs(turn) / controlUs.value)
  const units = { replicas: atWork * coreShare, redis: 1, proxy: 1 }
  const busyOf = (tier: Tier) => {
    const shares = own.map(({ cpuUs, requests }) => {
      const us = cpuUs[tier]
      return us === null ? null : ((us / requests) * perSec) / 1e6 / units[tier]
    })
    const known = shares.filter((share) => share !== null)
    if (known.length < own.length || known.length === 0) return null
    return {
      raw: mean(known),
      atPace: widened(
        intervalOf(known.map((share, i) => share / (paces[i] ?? 1))),
        (controlUs.hi - controlUs.lo) / 2 / controlUs.value,
      ),
    }
  }
  const [replicas, redis, proxy] = (['replicas', 'redis', 'proxy'] as const).map(busyOf)
  if (!replicas || !proxy) throw new Error('CPU of replicas and proxy cannot be read here')
  const asked = sum(own.map(({ requests, failed }) => requests + failed))
  const failedShare = asked === 0 ? 1 : sum(own.map(({ failed }) => failed)) / asked
  const isFast = p99Ms === null || p99Us <= 1_000 * p99Ms
  return {
    ...{ replicas: promised.replicas, atWork, turns: own.length },
    busy: { replicas, redis: redis ?? null, proxy },
    pace: intervalOf(paces),
    p99Ms: coreShare < 1 ? null : p99Us / 1_000,
    failedShare,
    kept: replicas.atPace.value <= mostBusy && isFast && failedShare <= maxErrorShare,
  }
}

/** Of turns one after the other, as those of one generation are. */
function intervalOf(values: readonly number[]): Range {
  const found = clusteredMean([values])
  const value = found?.value ?? mean(values)
  return { value, lo: Math.max(0, found?.lo ?? 0), hi: found?.hi ?? Math.max(...values, value) }
}

/** By an independent error of what it was divided by, to first order. */
function widened({ value, lo, hi }: Range, share: number): Range {
  const by = (side: number) => Math.hypot(side, share * value)
  return { value, lo: Math.max(0, value - by(value - lo)), hi: value + by(hi - value) }
}

/** Replicas of the smallest fleet that kept the promise, as far as those started say; null: none did. */
export function smallestKept({ fleets }: Request): number | null {
  const kept = fleets.filter((fleet) => fleet.kept).map(({ replicas }) => replicas)
  return kept.length === 0 ? null : Math.min(...kept)
}

/** Whether the plan's range holds it; null where all fleets started kept the promise, and a smaller one might have. */
export function isInRange(request: Request): boolean | null {
  const { lo, hi } = request.planned.replicas
  const smallest = smallestKept(request)
  const least = Math.min(...request.fleets.map(({ replicas }) => replicas))
  const most = Math.max(...request.fleets.map(({ replicas }) => replicas))
  // None of these sufficed: more would have, which the range holds or not.
  if (smallest === null) return hi > most ? null : false
  if (smallest === least && least > 1 && lo < least) return null
  return lo <= smallest && smallest <= hi
}

export const plannedFleet = ({ fleets, planned }: Request): Fleet | undefined =>
  fleets.find(({ replicas }) => replicas === planned.replicas.value)

/** Measured at equal pace ÷ planned, less one. */
export function errorOf(request: Request, tier: Tier): number | null {
  const seen = plannedFleet(request)?.busy[tier]
  const planned = request.planned.busy[tier]
  return seen && planned ? seen.atPace.value / planned - 1 : null
}

export interface Conclusion {
  requests: number
  /** Of busy shares at equal pace, without their signs; 0 for a tier that no request uses. */
  medianErrors: Record<Tier, number>
  /** Of the replicas'. */
  worstError: number
  /** Numbers of the requests whose replicas were busier than promised, by more than the interval. */
  above: number[]
  /** Of those of which the fleets started tell. */
  inRange: number
  told: number
  /** Wider than ±1 below five replicas, or ±20 % above. */
  wide: number[]
}

const FEW = 5
const WIDE_SHARE = 0.2

/** @throws RangeError without a request */
export function conclusionOf({ requests }: Pick<PlanCheck, 'requests'>): Conclusion {
  const errorsOf = (tier: Tier) => requests.flatMap((one) => errorOf(one, tier) ?? []).map(Math.abs)
  const medianOf = (tier: Tier) => {
    const errors = errorsOf(tier)
    return errors.length > 0 ? median(errors) : 0
  }
  const judged = requests.map(isInRange)
  const isAbove = (one: Request) => (plannedFleet(one)?.busy.replicas.atPace.lo ?? 0) > 1 - one.headroom
  const isWide = ({ planned: { replicas } }: Request) => {
    const most = replicas.value < FEW ? 1 : WIDE_SHARE * replicas.value
    return Math.max(replicas.hi - replicas.value, replicas.value - replicas.lo) > most
  }
  return {
    requests: requests.length,
    medianErrors: { replicas: medianOf('replicas'), redis: medianOf('redis'), proxy: medianOf('proxy') },
    worstError: Math.max(...errorsOf('replicas')),
    above: requests.filter(isAbove).map(({ number }) => number),
    inRange: judged.filter((one) => one === true).length,
    told: judged.filter((one) => one !== null).length,
    wide: requests.filter(isWide).map(({ number }) => number),
  }
}
