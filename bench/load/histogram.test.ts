/** Quantiles of known latencies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLatencyHistogram, recordMs, summarize } from './histogram.ts'

test('quantiles are read to a tenth of a percent, in µs', () => {
  const histogram = createLatencyHistogram()
  for (let us = 1; us <= 10_000; us++) recordMs(histogram, us / 1_000)
  const { mean, p50, p90, p99, p999, max } = summarize(histogram)
  for (const [got, expected] of [
    [mean, 5_000.5],
    [p50, 5_000],
    [p90, 9_000],
    [p99, 9_900],
    [p999, 9_990],
    [max, 10_000],
  ] as const) {
    assert.ok(Math.abs(got / expected - 1) <= 0.001, `${got} for ${expected}`)
  }
})

test('a latency below a microsecond counts as one, and no latency as zeros', () => {
  const histogram = createLatencyHistogram()
  assert.equal(summarize(histogram).max, 0)
  recordMs(histogram, 0.0001)
  assert.deepEqual([histogram.count, summarize(histogram).p50], [1, 1])
})
