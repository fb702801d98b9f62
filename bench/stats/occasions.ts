/** One figure from several occasions, such as runs on other days: what these differ by, and intervals that know of it. */
import type { Interval } from './median-interval.ts'
import type { Variance } from './moderated.ts'
import { median } from './quantiles.ts'
import { tQuantile } from './student-t.ts'
import { mean, sum } from './sums.ts'

/** A value with its standard error, in one unit. */
export interface Seen {
  value: number
  error: number
}

/** The upper end of 95 %. */
const UPPER = 0.975

/**
 * The median over all values, with the 95 % interval of what the next occasions would come to: Student's t over the means of
 * the occasions, since values of one occasion share what it was like. All occasions count alike. Weights by their own errors
 * gain little where these are alike, and would trust one quiet hour (the unweighted mean of Cochran, "The combination of
 * estimates from different experiments", Biometrics 10, 1954). Where occasions agree by luck better than their own errors allow, those errors
 * count (as Röver, Knapp & Friede ask of Hartung & Knapp's interval, BMC Medical Research Methodology 15, 2015).
 *
 * @param occasions on a scale on which values scatter evenly: logarithms, where they are above zero
 * @returns null below two occasions, which say nothing of what occasions differ by
 */
export function acrossOccasions(occasions: readonly (readonly Seen[])[]): Interval | null {
  const means = occasions.filter((seen) => seen.length > 0).map(meanOf)
  if (means.length < 2) return null
  const middle = mean(means.map(({ value }) => value))
  const squares = Math.max(varianceOf(means), mean(means.map(({ error }) => error ** 2)))
  const reach = tQuantile(UPPER, means.length - 1) * Math.sqrt(squares / means.length)
  const value = median(occasions.flat().map((seen) => seen.value))
  return { value, lo: Math.min(value, middle - reach), hi: Math.max(value, middle + reach) }
}

function meanOf(seen: readonly Seen[]): Seen {
  const error = Math.sqrt(sum(seen.map((one) => one.error ** 2))) / seen.length
  return { value: mean(seen.map(({ value }) => value)), error }
}

function varianceOf(seen: readonly Seen[]): number {
  const middle = mean(seen.map(({ value }) => value))
  return sum(seen.map(({ value }) => (value - middle) ** 2)) / (seen.length - 1)
}

/**
 * What a single value varies by from occasion to occasion, beyond its own error: half the mean square of the differences
 * between values of unlike occasions, less the mean of their errors squared. With one value an occasion this is Hedges'
 * moment estimator of a random-effects variance ("A random effects model for effect sizes", Psychological Bulletin 93, 1983).
 *
 * @returns below zero by chance where occasions do not differ; null below two occasions
 */
function excessOf(occasions: readonly (readonly Seen[])[]): number | null {
  const pairs = occasions.flatMap((own, i) =>
    occasions.slice(i + 1).flatMap((others) => own.flatMap((a) => others.map((b) => [a, b] as const))),
  )
  if (pairs.length === 0) return null
  return mean(pairs.map(([a, b]) => ((a.value - b.value) ** 2 - a.error ** 2 - b.error ** 2) / 2))
}

/** What single values of unlike occasions vary by. */
export interface Between extends Variance {
  /** Mean of their own errors squared, which had to be taken off: it makes `variance` less certain. */
  noise: number
}

/**
 * The same of several figures that were measured on the same occasions: their mean, each weighted by how surely it is told, which
 * is by one over its noise squared. Unweighted, one scheme that adds next to nothing, whose logarithm nobody knows, would decide what
 * all others are said to vary by. What the figures have in common, a control that all are compared with, makes A of them worth
 * 4A ÷ (A + 3) as many as one, for it makes them correlate by about a half.
 *
 * @param figures for each its occasions
 * @returns with zero where they differ by no more than their errors; null where none was seen on two occasions
 */
export function betweenOccasions(figures: readonly (readonly (readonly Seen[])[])[]): Between | null {
  const known = figures.flatMap((occasions) => {
    const filled = occasions.filter((seen) => seen.length > 0)
    const excess = excessOf(filled)
    const noise = mean(filled.flat().map(({ error }) => error ** 2))
    return excess === null ? [] : [{ excess, noise, degrees: filled.length - 1 }]
  })
  if (known.length === 0) return null
  const weights = known.map(({ noise }) => 1 / Math.max(noise, LEAST_NOISE) ** 2)
  const weighted = (of: (one: (typeof known)[number]) => number) =>
    sum(known.map((one, i) => (weights[i] ?? 0) * of(one))) / sum(weights)
  // As many equal ones as those of unlike weights are worth (Kish, Survey Sampling, 1965).
  const many = sum(weights) ** 2 / sum(weights.map((weight) => weight ** 2))
  const worth = (4 * many) / (many + 3)
  const degrees = Math.max(1, Math.floor(worth * weighted((one) => one.degrees)))
  const variance = Math.max(
    0,
    weighted(({ excess }) => excess),
  )
  return { variance, noise: weighted(({ noise }) => noise), degrees }
}

/** Of a logarithm; what is known better than by a hundred-thousandth is known. */
const LEAST_NOISE = 1e-10

/** Standard errors in a half of a 95 % interval, of a normal law. */
const HALF_WIDTH = 1.96

/** The error that an interval stands for: Student's t makes it a little larger than it is, and keeps it safe. */
export const errorOf = ({ lo, hi }: Pick<Interval, 'lo' | 'hi'>) => (hi - lo) / 2 / HALF_WIDTH

/** The interval of one value, widened by what occasions differ by; never narrower. */
export function widened(seen: Interval, between: Between): Interval {
  const variance = errorOf(seen) ** 2 + between.variance
  const reach = tQuantile(UPPER, degreesOf(variance, between)) * Math.sqrt(variance)
  return {
    value: seen.value,
    lo: Math.min(seen.lo, seen.value - reach),
    hi: Math.max(seen.hi, seen.value + reach),
  }
}

/** Degrees of freedom from which on Student's t is the normal law for all that is printed. */
export const AS_GOOD_AS_NORMAL = 1_000

/**
 * Degrees of freedom of a variance that holds `between` once (Satterthwaite, Biometrics Bulletin 2, 1946): what was told from
 * few occasions is the variance between them together with the errors that were taken off it. A sum has no fewer degrees than the
 * least sure of its parts: the formula goes below that where the difference came out near zero, and made intervals three times as
 * wide that held the truth in 100 of 100 made-up cases; with this bound it is 96 and more.
 */
function degreesOf(variance: number, { variance: ofOne, noise, degrees }: Between): number {
  const told = ofOne + noise
  const worth = told === 0 ? AS_GOOD_AS_NORMAL : Math.floor((variance / told) ** 2 * degrees)
  return Math.min(AS_GOOD_AS_NORMAL, Math.max(degrees, worth))
}
