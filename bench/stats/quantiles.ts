/** Sample quantiles by one named definition, so that two readers of the same records get the same median. */
import { quantileSorted as ofSorted } from 'simple-statistics'
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
  const sorted = ascending(values)
  return shares.map((p) => quantileSorted(sorted, p))
}

/** The middle value, or the mean of the two middle ones. Throws like `quantile`. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Mean without that share of the values at either end. */
export function trimmedMean(values: readonly number[], share: number): number {
  const outer = Math.floor(values.length * share)
  return mean(ascending(values).subarray(outer, values.length - outer))
}

/**
 * The trimmed mean of whole clusters together, drawn by their places; one that is drawn twice counts twice. Values are
 * sorted only once: a bootstrap that sorted them for each resample would do little else.
 */
export function trimmedMeanOf(
  clusters: readonly (readonly number[])[],
  share: number,
): (drawn: readonly number[]) => number {
  const rising = clusters
    .flatMap((values, place) => values.map((value) => ({ value, place })))
    .sort((a, b) => a.value - b.value)
  return (drawn) => {
    const times = clusters.map(() => 0)
    let count = 0
    for (const place of drawn) {
      times[place] = (times[place] ?? 0) + 1
      count += clusters[place]?.length ?? 0
    }
    const outer = Math.floor(count * share)
    let [total, passed] = [0, 0]
    for (const { value, place } of rising)
      for (let left = times[place] ?? 0; left > 0; left--) {
        if (passed >= outer && passed < count - outer) total += value
        passed++
      }
    return total / (count - 2 * outer)
  }
}

/** As numbers; those that are none come last. A typed array sorts several times as fast as an array with a comparison. */
export function ascending(values: readonly number[]): Float64Array {
  // `from` would take longer than the sort, as most samples have few values.
  const sorted = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) sorted[i] = values[i] as number
  return sorted.sort()
}

/** Of values as `ascending` gives them. Throws like `quantile`. */
export function quantileSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) throw new RangeError('a quantile needs at least one value')
  if (!Number.isFinite(sorted[0]) || !Number.isFinite(sorted.at(-1)))
    throw new RangeError('a quantile needs finite values')
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be from 0 to 1, got ${p}`)
  // It reads by index alone, and a copy into an array would take longer than the rest.
  return ofSorted(sorted as unknown as number[], p)
}
