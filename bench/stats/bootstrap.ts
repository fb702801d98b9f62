/** Intervals for medians over blocks, without assuming a distribution. */
import { median, quantiles } from './quantiles.ts'
import { type Draw, seededDraw } from './seeded.ts'

/** A median with the ends of its interval, all in the unit of the values. */
export interface Interval {
  value: number
  lo: number
  hi: number
}

export interface BootstrapOptions {
  seed: number
  /** Default 2,000: the interval's ends then move by less than a rank when the seed changes. */
  resamples?: number
  /** Default 0.95. */
  confidence?: number
}

/** With fewer blocks than this an interval cannot come near its nominal 95 %; the estimate says `few-blocks`. */
export const FEW_BLOCKS = 5

/**
 * The median and its percentile bootstrap interval (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993,
 * ch. 13). One value per block, because fresh server processes vary more than anything within one trial: that is
 * the level at which repeats are independent, so it is the level that is resampled.
 *
 * What few blocks can give: up to n = 5 the interval is exactly the range of the values, since a resample whose
 * median is the extreme value comes up in more than 2.5 % of cases. `rangeCoverage` says how often that range
 * holds the true median. A single value has no interval: lo = hi = value, and the caller must say so.
 *
 * @throws RangeError for no values or values that are not finite
 */
export function medianInterval(values: readonly number[], options: BootstrapOptions): Interval {
  const { seed, resamples = 2_000, confidence = 0.95 } = options
  const value = median(values)
  const draw = seededDraw(seed)
  const sorted = values.toSorted((a, b) => a - b)
  const medians = Array.from({ length: values.length === 1 ? 1 : resamples }, () =>
    resampledMedian(sorted, draw),
  )
  const tail = (1 - confidence) / 2
  const [lo = value, hi = value] = quantiles(medians, [tail, 1 - tail])
  return { value, lo, hi }
}

/** Median of as many values as there are, drawn with replacement; counts ranks, since sorting each draw is slow. */
function resampledMedian(sorted: readonly number[], draw: Draw): number {
  const drawn = sorted.map(() => 0)
  for (let i = 0; i < sorted.length; i++) {
    const rank = draw(sorted.length)
    drawn[rank] = (drawn[rank] ?? 0) + 1
  }
  const middle = (sorted.length - 1) / 2
  const [lower, upper] = [rankAt(drawn, Math.floor(middle)), rankAt(drawn, Math.ceil(middle))]
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2
}

/** Rank of the value at `position` of a resample, by how often each rank was drawn. */
function rankAt(drawn: readonly number[], position: number): number {
  let rank = 0
  for (let passed = drawn[0] ?? 0; passed <= position; passed += drawn[rank] ?? 0) rank++
  return rank
}

/**
 * How often the range of n independent values holds the true median, whatever their distribution: 1 − 2^(1 − n),
 * since it misses only when all n fall on one side (David & Nagaraja, "Order Statistics", 2003, §7.1). 50 % for
 * n = 2, 75 % for 3, 94 % for 5.
 */
export function rangeCoverage(n: number): number {
  return 1 - 2 ** (1 - n)
}
