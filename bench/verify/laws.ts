/** The laws and statistics that the proofs compare with. Pure. */
import { probit } from 'simple-statistics'
import type { Histogram } from '../stats/histogram.ts'
import { slope } from '../stats/regression.ts'
import { sum } from '../stats/sums.ts'

/** A server that stands still once. */
export interface Stop {
  stopSec: number
  runSec: number
  /** Arrival rate over the rate at which the backlog is worked off. */
  utilization: number
}

/**
 * How late replies are when the server stops for S in a run of T: the first arrival of the stop waits all of it, the
 * last one nothing, and the queue then drains at 1 − ρ of the server's speed. So P(L > x) = (S − x) ÷ ((1 − ρ)T), for
 * replies that otherwise take no time. @param share from 0 to 1 @returns ms
 */
export function stopQuantileMs({ stopSec, runSec, utilization }: Stop, share: number): number {
  return 1_000 * Math.max(0, stopSec - (1 - share) * (1 - utilization) * runSec)
}

/** Mean of the same: S² ÷ (2(1 − ρ)T), in ms. */
export function stopMeanMs({ stopSec, runSec, utilization }: Stop): number {
  return (1_000 * stopSec ** 2) / (2 * (1 - utilization) * runSec)
}

/** Arrivals that may be late by the sender's timers when a backlog counts as worked off. */
const TIMER_SLACK = 2

/**
 * The utilization at which a stopped server catches up, from its log. CPU time over the whole run would be another
 * one: a lone request costs several times as much as one of a backlog. A backlog of a stop of S that is worked off
 * in time e has ρ = e ÷ (S + e). @returns 1 when it never was
 */
export function drainUtilization(arrivedUs: readonly number[], perSec: number): number {
  const gap = (i: number) => (arrivedUs[i] ?? 0) - (arrivedUs[i - 1] ?? 0)
  let resumed = 1
  for (let i = 2; i < arrivedUs.length; i++) if (gap(i) > gap(resumed)) resumed = i
  for (let i = resumed; i < arrivedUs.length; i++) {
    const drainedUs = (arrivedUs[i] ?? 0) - (arrivedUs[resumed] ?? 0)
    const due = (perSec * (gap(resumed) + drainedUs)) / 1e6
    if (i - resumed + TIMER_SLACK >= due) return drainedUs / (gap(resumed) + drainedUs)
  }
  return 1
}

/** Events per second by the least-squares line through their times, which late single ones hardly turn. */
export function ratePerSec(timesUs: readonly number[]): number {
  const [first = 0] = timesUs
  return 1e6 * (slope(timesUs.map((time, index) => [time - first, index])) ?? 0)
}

/**
 * Index of dispersion: variance ÷ mean of the number of events in equal windows. 1 for a Poisson process, 0 for an
 * even one, far above 1 for bursts (Cox & Lewis, "The Statistical Analysis of Series of Events", 1966, §6.3).
 */
export function dispersion(timesUs: readonly number[], windowUs: number): { index: number; windows: number } {
  const [first = 0] = timesUs
  const windows = Math.floor(((timesUs.at(-1) ?? first) - first) / windowUs)
  const counts = new Array<number>(windows).fill(0)
  for (const time of timesUs) {
    const window = Math.floor((time - first) / windowUs)
    if (window < windows) counts[window] = (counts[window] ?? 0) + 1
  }
  const mean = sum(counts) / windows
  const squares = sum(counts.map((count) => (count - mean) ** 2))
  return { index: squares / (windows - 1) / mean, windows }
}

/**
 * Where the index of dispersion of a Poisson process lies with the given confidence: (k − 1)·index is chi-square with
 * k − 1 degrees of freedom. Its quantiles by Wilson & Hilferty (PNAS 17, 1931), good to 0.1 % from 30 degrees on.
 */
export function poissonBand(windows: number, confidence: number): { lo: number; hi: number } {
  const degrees = windows - 1
  const at = (p: number) => {
    const spread = 2 / (9 * degrees)
    return (1 - spread + probit(p) * Math.sqrt(spread)) ** 3
  }
  const tail = (1 - confidence) / 2
  return { lo: at(tail), hi: at(1 - tail) }
}

/** The quantile by nearest rank, as a histogram reads it. @throws RangeError for no values */
export function nearestRank(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('a quantile needs at least one value')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

/** Number of values up to and including this one, by bisection, since the histogram only answers the other way. */
export function countUpTo(histogram: Histogram, us: number): number {
  let [below, above] = [0, 100]
  if (histogram.totalCount === 0 || histogram.getValueAtPercentile(0) > us) return 0
  if (histogram.getValueAtPercentile(100) <= us) return histogram.totalCount
  for (let step = 0; step < 40; step++) {
    const middle = (below + above) / 2
    if (histogram.getValueAtPercentile(middle) <= us) below = middle
    else above = middle
  }
  return Math.round((below / 100) * histogram.totalCount)
}
