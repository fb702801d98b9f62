/** Sample quantiles by one named definition, so that two readers of the same records get the same median. */
import { quantileSorted } from 'simple-statistics'
import { mean } from './sums.ts'

/**
 * Type 7 of Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996): linear
 * between the two order statistics around 1 + (n − 1)p; the default of R and NumPy. simple-statistics changed its
 * definition to this one within a major version, so the test holds it to values worked out by hand.
 *
 * @param values unsorted, at least one, all finite
 * @param p from 0 to 1
 * @throws RangeError for no values, values that are not finite, or p outside its range
 */
export function quantile(values: readonly number[], p: number): number {
  return quantiles(values, [p])[0] as number
}

/** Several quantiles of one sample, which is then sorted only once. Throws like `quantile`. */
export function quantiles(values: readonly number[], shares: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('a quantile needs at least one value')
  if (!values.every(Number.isFinite)) throw new RangeError('a quantile needs finite values')
  const outside = shares.find((p) => !(p >= 0 && p <= 1))
  if (outside !== undefined) throw new RangeError(`p must be from 0 to 1, got ${outside}`)
  const sorted = [...Float64Array.from(values).sort()]
  return shares.map((p) => quantileSorted(sorted, p))
}

/** The middle value, or the mean of the two middle ones. Throws like `quantile`. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Mean without that share of the values at either end. */
export function trimmedMean(values: readonly number[], share: number): number {
  const outer = Math.floor(values.length * share)
  return mean(values.toSorted((a, b) => a - b).slice(outer, values.length - outer))
}
