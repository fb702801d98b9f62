/** Quantiles of any selection of recorded histograms together, fast enough to take thousands of selections. */
import { type Bucket, bucketsOf, decodeHistogram } from '../stats/histogram.ts'

/**
 * A bootstrap that merged histograms would walk tens of thousands of counts for each resample. All are brought onto
 * one list of values here, with the samples up to each value, so that a quantile is a bisection.
 *
 * @param texts of µs, as `encodeHistogram` writes them
 * @throws for text that is no histogram
 */
export function histogramSet(texts: readonly string[]) {
  const all = texts.map((text) => bucketsOf(decodeHistogram(text)))
  const values = all.reduce(withValuesOf, [])
  const rising = Float64Array.from(values)
  const upTo = all.map((buckets) => {
    let [next, passed] = [0, 0]
    return rising.map((value) => {
      if (buckets[next]?.to === value) passed += buckets[next++]?.count ?? 0
      return passed
    })
  })
  const passedAt = (drawn: readonly number[], place: number) => {
    let passed = 0
    for (const index of drawn) passed += upTo[index]?.[place] ?? 0
    return passed
  }
  return {
    /**
     * What `getValueAtPercentile(100 · p)` gives once the histograms `drawn` are merged, by their places; one that is
     * drawn twice counts twice. NaN when they hold no sample.
     *
     * @param p above 0, up to 1
     */
    quantile(drawn: readonly number[], p: number): number {
      const total = passedAt(drawn, values.length - 1)
      if (total === 0) return Number.NaN
      const rank = Math.max(1, rankOf(p, total))
      let [low, high] = [0, values.length - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (passedAt(drawn, middle) >= rank) high = middle
        else low = middle + 1
      }
      return values[low] as number
    },
  }
}

/** Rounds up to a whole sample, but not because 0.999 · 1,000 comes out as 999.0000000000001. */
function rankOf(p: number, total: number): number {
  const exact = p * total
  return Math.ceil(exact - exact * 1e-12)
}

/**
 * Both merged, rising, each value once. That of a bucket is the highest that it holds, as the library's own percentiles
 * read it.
 */
function withValuesOf(values: readonly number[], buckets: readonly Bucket[]): number[] {
  const merged: number[] = []
  let next = 0
  for (const { to } of buckets) {
    while (next < values.length && (values[next] as number) < to) merged.push(values[next++] as number)
    if (values[next] === to) next++
    merged.push(to)
  }
  return [...merged, ...values.slice(next)]
}
