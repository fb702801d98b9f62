/** Turns a histogram of microseconds into the few figures that a trial records. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Measurement } from '../types.ts'

/** Three significant figures: a quantile is read to 0.1 %. */
export function createLatencyHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })
}

/** Records milliseconds as whole microseconds; the histogram takes nothing below 1. */
export function recordMs(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1000)))
}

/** All figures in µs; zeros for a histogram without a sample. */
export function summarize(histogram: RecordableHistogram): Measurement['latencyUs'] {
  if (histogram.count === 0) return { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }
  return {
    mean: histogram.mean,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
    max: histogram.max,
  }
}
