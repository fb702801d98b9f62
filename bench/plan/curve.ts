/** Reads a measured ladder of arrival rates between its rungs. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { figure } from '../words/format.ts'
import { each, type Range } from './range.ts'

export type Ladder = MeasuredSummary['latency'][number]
export type Step = Ladder['rungs'][number]
type Side = keyof Range

/** A line between rates needs two. */
const LEAST_SHARED = 2

/** What is asked of every request at the planned load. */
export interface Bound {
  p99Us: number
  maxErrorShare: number
}

/** Arrivals per second up to which the bound is kept. */
export interface Reach {
  perSec: Range
  /** No measured rate broke it: the figure is a lower bound. */
  atLeast: boolean
}

/**
 * Highest rate of one replica that keeps the bound: the last rung before the first one that breaks it, and from there
 * on along the straight line of log p99 against the rate, since queueing delay bends away from any straight line. Later
 * rungs that keep it again do not count: a capacity above a rate that broke the bound is luck.
 *
 * @returns null when already the lowest rate breaks it
 */
export function reach(ladder: Ladder, bound: Bound): Reach | null {
  const steps = rising(ladder)
  const value = crossing(steps, bound, 'value')
  if (value === null) return null
  // High latencies make a low rate, and the other way round.
  const lo = crossing(steps, bound, 'hi')
  const hi = crossing(steps, bound, 'lo') ?? value
  return {
    perSec: { value: value.perSec, lo: lo?.perSec ?? 0, hi: Math.max(value.perSec, hi.perSec) },
    atLeast: value.unbroken,
  }
}

function crossing(steps: readonly Step[], bound: Bound, side: Side) {
  let kept: Step | undefined
  for (const step of steps) {
    if (step.p99Us[side] > bound.p99Us || step.errorShare > bound.maxErrorShare) {
      return kept ? { perSec: between(kept, step, bound.p99Us, side), unbroken: false } : null
    }
    kept = step
  }
  return kept ? { perSec: kept.arrivalsPerSec, unbroken: true } : null
}

function between(kept: Step, broken: Step, limitUs: number, side: Side): number {
  const [from, to] = [Math.log(kept.p99Us[side]), Math.log(broken.p99Us[side])]
  // Broken by its errors alone: how far it would have gone is not known.
  if (to <= from || broken.p99Us[side] <= limitUs) return kept.arrivalsPerSec
  const share = (Math.log(limitUs) - from) / (to - from)
  return kept.arrivalsPerSec + share * (broken.arrivalsPerSec - kept.arrivalsPerSec)
}

/** A response time at a rate between two rungs, on the same line as `reach`; at the ends, that of the end. */
export function latencyAt(ladder: Ladder, perSec: number, of: (step: Step) => Range): Range | null {
  const between = neighbours(ladder, perSec)
  if (!between) return null
  const [from, to] = [of(between.low), of(between.high)]
  return each((end) =>
    Math.exp((1 - between.share) * Math.log(from[end]) + between.share * Math.log(to[end])),
  )
}

/** The rungs around a rate, and how far it lies from the lower one to the higher one. */
function neighbours(ladder: Ladder, perSec: number): { low: Step; high: Step; share: number } | null {
  const steps = rising(ladder)
  const above = steps.findIndex(({ arrivalsPerSec }) => arrivalsPerSec >= perSec)
  const high = steps.at(above)
  const low = above > 0 ? steps[above - 1] : high
  if (!low || !high) return null
  const width = high.arrivalsPerSec - low.arrivalsPerSec
  return { low, high, share: width === 0 ? 0 : (perSec - low.arrivalsPerSec) / width }
}

interface Rates {
  ladder: Ladder
  replica: { points: readonly { perSec: number }[] }
}

/** Of a scheme whose latency was not measured. */
export function unclimbed(scheme: string): Ladder {
  const none = { capacityPerSec: null, kneePerSec: null, saturationPerSec: null }
  return { scheme, rungs: [], rejected: [], ...none, capacityNote: 'not-measured' }
}

/** In how many blocks the best known rate was measured. */
export const mostBlocks = ({ rungs }: Ladder): number => Math.max(0, ...rungs.map(({ blocks }) => blocks))

/** Of the ladder; of the turns where none was climbed. */
export function measuredRates({ ladder, replica }: Rates): { least: number; most: number } {
  const climbed = ladder.rungs.map(({ arrivalsPerSec }) => arrivalsPerSec)
  const rates = climbed.length > 0 ? climbed : replica.points.map(({ perSec }) => perSec)
  return { least: Math.min(...rates), most: Math.max(...rates) }
}

/**
 * Rates that a single block was sent are left out where there are others: blocks differ more than neighbouring rates,
 * and a search sends a rate of its own just where it broke in that block.
 */
function rising({ rungs }: Ladder): Step[] {
  const shared = rungs.filter(({ blocks }) => blocks > 1)
  const steps = shared.length >= LEAST_SHARED ? shared : rungs
  return steps.toSorted((a, b) => a.arrivalsPerSec - b.arrivalsPerSec)
}

export const rate = (perSec: number) => `${figure(perSec)}/s`
