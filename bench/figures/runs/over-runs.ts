/** One figure over several runs of a machine: what it comes to there, and what its runs differ by. */
import type { Interval } from '../../stats/median-interval.ts'
import { acrossOccasions, errorOf, type Seen } from '../../stats/occasions.ts'
import { median } from '../../stats/quantiles.ts'

/** A figure of one run. */
export interface OfRun extends Interval {
  /** ISO time of the run. */
  startedAt: string
}

/** With fewer runs, or of fewer occasions, only their range is said. */
export const LEAST_RUNS = 6
export const LEAST_OCCASIONS = 3

/** Between the begin of two runs: within an hour or two a shared machine keeps its neighbours and its temperature. */
const HOURS_APART = 2

export interface OverRuns extends Interval {
  runs: number
  occasions: number
  /** `interval`: lo and hi are a 95 % interval; `range`: the least and the most that a run said, which is no interval. */
  ends: 'interval' | 'range'
}

/**
 * Median over runs. Its interval is over occasions, on logarithms where all of it is above zero: a slow machine scales what it
 * measures. One run has its own interval, which says nothing of other occasions, and is called a range of one.
 *
 * @param figures at least one
 */
export function overRuns(figures: readonly OfRun[]): OverRuns {
  const occasions = byOccasion(figures)
  const counts = { runs: figures.length, occasions: occasions.length }
  const values = figures.map(({ value }) => value)
  if (figures.length >= LEAST_RUNS && occasions.length >= LEAST_OCCASIONS) {
    const isPositive = figures.every(({ lo }) => lo > 0)
    const seen = isPositive ? onLogarithm : asItIs
    const found = acrossOccasions(occasions.map((own) => own.map(seen)))
    if (found) {
      const from = isPositive ? Math.exp : (end: number) => end
      // Between two of an even number the median is not that of the logarithms.
      const [value, lo, hi] = [median(values), from(found.lo), from(found.hi)]
      return { ...counts, value, lo: Math.min(value, lo), hi: Math.max(value, hi), ends: 'interval' }
    }
  }
  const [only] = figures
  const [lo, hi] =
    figures.length === 1 && only ? [only.lo, only.hi] : [Math.min(...values), Math.max(...values)]
  return { ...counts, value: median(values), lo, hi, ends: 'range' }
}

/** In the order of time; each begins hours after the last run of the one before. */
export function byOccasion<T extends { startedAt: string }>(runs: readonly T[]): T[][] {
  const occasions: T[][] = []
  let before = Number.NEGATIVE_INFINITY
  for (const run of runs.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))) {
    const at = Date.parse(run.startedAt)
    if (at - before >= HOURS_APART * 3_600_000) occasions.push([run])
    else occasions.at(-1)?.push(run)
    before = at
  }
  return occasions
}

const asItIs = ({ value, lo, hi }: Interval): Seen => ({ value, error: errorOf({ lo, hi }) })

/** To first order. */
const onLogarithm = ({ value, lo, hi }: Interval): Seen => {
  return { value: Math.log(value), error: errorOf({ lo, hi }) / value }
}

/** How many pairs of intervals of one figure have nothing in common. @param intervals of each figure, those of its runs */
export function disjointPairs(intervals: readonly (readonly Interval[])[]): {
  pairs: number
  disjoint: number
} {
  const pairs = intervals.flatMap((own) =>
    own.flatMap((a, i) => own.slice(i + 1).map((b) => [a, b] as const)),
  )
  return { pairs: pairs.length, disjoint: pairs.filter(([a, b]) => a.hi < b.lo || b.hi < a.lo).length }
}
