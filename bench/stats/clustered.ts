/** A robust mean of values that come in clusters, with an interval that knows of both kinds of noise. */
import type { Interval } from './median-interval.ts'
import { moderated, type Variance } from './moderated.ts'
import { ascending, trimmedMean } from './quantiles.ts'
import { tQuantile, twoSidedP } from './student-t.ts'
import { mean, sum } from './sums.ts'

export interface ClusteredMean extends Interval {
  /** Values. */
  n: number
  /** Standard error, in the unit of the values. */
  error: number
  /** Of Student's t behind the interval. */
  degrees: number
  /** Two-sided, against 0. */
  p: number
}

/** What more values than these say of their noise, in their unit squared; null or absent: nothing. */
export interface Known {
  /** What clusters vary by beyond the noise within them; takes the place of what these clusters say. */
  between?: Variance | null
  /** What single values usually vary by within their cluster; stands beside what these values say. */
  within?: Variance | null
}

/** Of the values at either end: a host that falls to a third for some turns must not decide. */
const TRIM = 0.2
/** Three tell next to nothing of their variance. */
const LEAST_VALUES = 4
/** The upper end of 95 %. */
const UPPER = 0.975

/**
 * The 20 % trimmed mean over all values, and its interval by Student's t.
 *
 * The variance has two parts. Within clusters: that of a trimmed mean, from the winsorized values (Tukey & McLaughlin,
 * Sankhya A 25, 1963). Between clusters: what their own trimmed means vary by beyond that, since all turns of one process
 * share what that process is like (one-way random effects by moments; negative counts as none). A cluster counts by its values:
 * G of unequal size are worth (Σn)² ÷ Σn² of them, which is G where they are equal. Degrees of freedom by Satterthwaite
 * (Biometrics Bulletin 2, 1946), rounded down.
 *
 * @param clusters values of each generation of processes, one a turn
 * @returns null below four values
 */
export function clusteredMean(
  clusters: readonly (readonly number[])[],
  known: Known = {},
): ClusteredMean | null {
  const filled = clusters.filter((values) => values.length > 0)
  const all = filled.flat()
  if (all.length < LEAST_VALUES) return null
  const value = trimmedMean(all, TRIM)
  const noise = moderated(spreadOf(filled), known.within ?? null)
  const inner = all.length - 2 * outerOf(all.length)
  const within = noise.variance / inner
  const own = { variance: excess(filled, within), degrees: Math.max(1, filled.length - 1) }
  const { variance: ofOne, degrees: worth } = known.between ?? own
  const between = (ofOne * sum(filled.map(({ length }) => length ** 2))) / all.length ** 2
  const variance = within + between
  const parts = within ** 2 / noise.degrees + between ** 2 / worth
  const degrees = Math.max(1, Math.floor(variance > 0 ? variance ** 2 / parts : noise.degrees))
  return meanOf({ value, error: Math.sqrt(variance), degrees, n: all.length })
}

function meanOf(of: Pick<ClusteredMean, 'value' | 'error' | 'degrees' | 'n'>): ClusteredMean {
  const { value, error, degrees } = of
  const reach = error * tQuantile(UPPER, degrees)
  const p = error > 0 ? twoSidedP(value / error, degrees) : Number(value === 0)
  return { ...of, lo: value - reach, hi: value + reach, p }
}

/**
 * The same quantity measured in ways that are not as exact: each counts by the inverse of its variance, so that a poor look beside a
 * good one widens nothing. The variance knows that the weights are estimates (Meier, "Variance of a weighted mean", Biometrics 9,
 * 1953, eq. 2.1), and the degrees of freedom are his.
 *
 * @returns null for none
 */
export function weightedTogether(parts: readonly ClusteredMean[]): ClusteredMean | null {
  const [only, ...more] = parts
  if (!only) return null
  const n = sum(parts.map((part) => part.n))
  if (more.length === 0) return only
  const exact = parts.filter(({ error }) => error === 0)
  if (exact.length > 0)
    return meanOf({ value: mean(exact.map(({ value }) => value)), error: 0, degrees: only.degrees, n })
  const weights = parts.map(({ error }) => 1 / error ** 2)
  const all = sum(weights)
  const shares = weights.map((weight) => weight / all)
  const value = sum(parts.map((part, i) => part.value * (shares[i] ?? 0)))
  const uncertain = sum(parts.map(({ degrees }, i) => ((shares[i] ?? 0) * (1 - (shares[i] ?? 0))) / degrees))
  const degrees = 1 / sum(parts.map((part, i) => (shares[i] ?? 0) ** 2 / part.degrees))
  return meanOf({
    ...{ value, n, degrees: Math.max(1, Math.floor(degrees)) },
    error: Math.sqrt((1 + 4 * uncertain) / all),
  })
}

/** What single values vary by around the means of their clusters; null below four values. */
export function spreadWithin(clusters: readonly (readonly number[])[]): Variance | null {
  const filled = clusters.filter((values) => values.length > 0)
  return filled.flat().length < LEAST_VALUES ? null : spreadOf(filled)
}

const outerOf = (count: number) => Math.floor(count * TRIM)

function spreadOf(clusters: readonly (readonly number[])[]): Variance {
  // Around the mean of each cluster: what sets clusters apart is no noise within them.
  const around = clusters.flatMap((values) => {
    const middle = trimmedMean(values, TRIM)
    return values.map((one) => one - middle)
  })
  const outer = outerOf(around.length)
  const degrees = around.length - 2 * outer - 1
  const spent = (around.length - 1) / Math.max(1, around.length - clusters.length)
  return { variance: (spent * winsorizedSquares(around, outer)) / degrees, degrees }
}

/** Σ(w − mean w)² of the values with the outer ones drawn in to those beside them. */
function winsorizedSquares(values: readonly number[], outer: number): number {
  const sorted = ascending(values)
  const [low, high] = [sorted[outer] as number, sorted[sorted.length - 1 - outer] as number]
  const drawnIn = sorted.map((one) => Math.min(high, Math.max(low, one)))
  const middle = mean(drawnIn)
  return sum(drawnIn.map((one) => (one - middle) ** 2))
}

/** Variance of the clusters' own means beyond what the noise within them explains. @param within of the mean over all */
function excess(clusters: readonly (readonly number[])[], within: number): number {
  if (clusters.length < 2) return 0
  const means = clusters.map((values) => trimmedMean(values, TRIM))
  const middle = mean(means)
  const seen = sum(means.map((one) => (one - middle) ** 2)) / (means.length - 1)
  return Math.max(0, seen - clusters.length * within)
}
