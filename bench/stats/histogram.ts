/**
 * Histograms of microseconds that merge exactly and survive being written down: between generator processes, and
 * from a record to its report.
 *
 * HdrHistogram (G. Tene), by hdr-histogram-js: `perf_hooks` has a faster one, but it cannot leave its process.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import type { Measurement } from '../record/types.ts'

export type { Histogram }

/** Three significant figures: a quantile is read to 0.1 %. Takes 1 µs to an hour. */
export function createHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  })
}

/** Records a time as whole microseconds; the histogram takes nothing below 1. */
export function recordUs(histogram: Histogram, us: number): void {
  histogram.recordValue(us < 1 ? 1 : Math.round(us))
}

/** As text, with every count. Decoding gives a histogram with the same quantiles; its extremes are those of their buckets. */
export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

/** @throws for text that is no histogram */
export const decodeHistogram = (text: string): Histogram => decodeFromCompressedBase64(text)

/** All figures in µs; zeros for a histogram without a sample. */
export function summarizeHistogram(histogram: Histogram): Measurement['latencyUs'] {
  if (histogram.totalCount === 0) return { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile)
  const { mean, maxValue: max } = histogram
  return { mean, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max }
}
