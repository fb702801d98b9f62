/**
 * Histograms of microseconds that merge exactly and survive being written down: between generator processes, and
 * from a record to its report.
 *
 * HdrHistogram (G. Tene), by hdr-histogram-js: `perf_hooks` has a faster one, but it cannot leave its process.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js'
import type { Measurement } from '../record/types.ts'
import { sum } from './sums.ts'

export type Histogram = JsHistogram

/** Three significant figures: a quantile is read to 0.1 %. Takes 1 µs to an hour. */
export function createHistogram(): Histogram {
  return inScript(
    build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: 3_600_000_000,
      numberOfSignificantValueDigits: 3,
    }),
  )
}

/** Records a time as whole microseconds; the histogram takes nothing below 1. */
export function recordUs(histogram: Histogram, us: number): void {
  histogram.recordValue(us < 1 ? 1 : Math.round(us))
}

/** As text, with every count. Decoding gives a histogram with the same quantiles; its extremes are those of their buckets. */
export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

/** @throws for text that is no histogram */
export const decodeHistogram = (text: string): Histogram => inScript(decodeFromCompressedBase64(text))

/** The library has a kind in WebAssembly as well, which keeps its counts to itself. */
function inScript(histogram: ReturnType<typeof build>): Histogram {
  if (!(histogram instanceof JsHistogram)) throw new TypeError('a histogram of another kind was made')
  return histogram
}

/** All figures in µs; zeros for a histogram without a sample. */
export function summarizeHistogram(histogram: Histogram): Measurement['latencyUs'] {
  if (histogram.totalCount === 0) return { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile)
  const { maxValue: max } = histogram
  return { mean: meanOf(histogram), p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max }
}

/** As the library's own `mean`, whose iterator works out a dozen figures for each of the values. */
function meanOf(histogram: Histogram): number {
  const sums = bucketsOf(histogram).map(
    ({ from, to, count }) => (from + Math.floor((to + 1 - from) / 2)) * count,
  )
  return sum(sums) / histogram.totalCount
}

/** Samples whose values are told apart no further: whole ones, both ends among them. */
export interface Bucket {
  from: number
  to: number
  count: number
}

/** Those that hold a sample, by rising value. */
export function bucketsOf(histogram: Histogram): Bucket[] {
  const buckets: Bucket[] = []
  // There is room for an hour, and the last sample lies far below it.
  for (let index = 0, left = histogram.totalCount; left > 0 && index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index)
    if (count === 0) continue
    buckets.push({
      from: histogram.valueFromIndex(index),
      to: histogram.valueFromIndex(index + 1) - 1,
      count,
    })
    left -= count
  }
  return buckets
}
