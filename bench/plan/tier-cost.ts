/** CPU that a request takes of one tier, over the rate: it falls as the tier gets busier, since each wake-up serves more. */
import { interpolated } from '../stats/interpolated.ts'
import { each, type Range } from './range.ts'

/** What one replica sent, and what a request took of the tier then, in µs. */
export interface CostPoint {
  perSec: number
  us: Range
}

export interface TierCost {
  /** By rising rate; at least one. */
  points: readonly CostPoint[]
  /** What is left of it beyond the rates that were measured, by the fit of U = U0 + D·X; null where it bends too much. */
  marginal: Range | null
}

/** CPU µs of a login or a refresh, by tier; without the hash of a password. */
export interface Issue {
  replicas: Range
  redis: Range
  proxy: Range
}

/**
 * At a rate: between two points on a straight line over the logarithm of the rate, below the first as there. Beyond the last as
 * there, and at least what is left of it by the fit.
 */
export function costAt({ points, marginal }: TierCost, perSec: number): Range {
  const last = points.at(-1)
  if (last && perSec > last.perSec)
    return { ...last.us, lo: Math.min(last.us.lo, marginal?.lo ?? last.us.lo) }
  return interpolated(
    points.map((point) => [point.perSec, point.us] as const),
    perSec,
    'log',
  )
}

/** At the highest rate that was measured. */
export const costWhenBusiest = ({ points }: Pick<TierCost, 'points'>): Range =>
  (points.at(-1) as CostPoint).us

/** Busy share of a core at a rate. */
export const busyAt = (cost: TierCost, perSec: number): Range =>
  each((end) => (perSec * costAt(cost, perSec)[end]) / 1e6)

/** Halvings of the interval, to the last digit: a load that fits exactly must not need one more. */
const BISECTIONS = 60

/**
 * The highest rate at which a core is at most so busy.
 * @param most where a core is not so busy even then, CPU sets no limit: infinite
 */
export function rateAtBusy(cost: TierCost, busy: number, most: number): Range {
  const upTo = (end: keyof Range) => {
    if (busyAt(cost, most)[end] <= busy) return Number.POSITIVE_INFINITY
    let [lo, hi] = [0, most]
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (lo + hi) / 2
      if (busyAt(cost, middle)[end] <= busy) lo = middle
      else hi = middle
    }
    return lo
  }
  // What takes more CPU is as busy at a lower rate.
  return { value: upTo('value'), lo: upTo('hi'), hi: upTo('lo') }
}
