/** Quantiles of known latencies, and what is left of them after merging and after being written down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  recordUs,
  summarizeHistogram,
} from './histogram.ts'

const latencies = fc.array(fc.double({ min: 0, max: 3.6e9, noNaN: true }), { minLength: 1, maxLength: 200 })

function histogramOf(valuesUs: readonly number[]) {
  const histogram = createHistogram()
  for (const us of valuesUs) recordUs(histogram, us)
  return histogram
}

test('quantiles are read to a tenth of a percent, in µs', () => {
  const histogram = histogramOf(Array.from({ length: 10_000 }, (_, us) => us + 1))
  const { mean, p50, p90, p99, p999, max } = summarizeHistogram(histogram)
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

test('the mean is the library’s own', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const histogram = histogramOf(values)
      assert.equal(summarizeHistogram(histogram).mean, histogram.mean)
    }),
    { numRuns: 30 },
  )
})

test('a latency below a microsecond counts as one, and no latency as zeros', () => {
  assert.equal(summarizeHistogram(createHistogram()).max, 0)
  const histogram = histogramOf([0.1])
  assert.deepEqual([histogram.totalCount, summarizeHistogram(histogram).p50], [1, 1])
})

test('a histogram that was written down has the same counts', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const histogram = histogramOf(values)
      const read = decodeHistogram(encodeHistogram(histogram))
      assert.equal(read.totalCount, values.length)
      assert.equal(encodeHistogram(read), encodeHistogram(histogram))
    }),
    { numRuns: 30 },
  )
})

test('parts that were written down merge to exactly the whole', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const merged = createHistogram()
      for (const part of [some, others]) merged.add(decodeHistogram(encodeHistogram(histogramOf(part))))
      const whole = decodeHistogram(encodeHistogram(histogramOf([...some, ...others])))
      assert.deepEqual(summarizeHistogram(merged), summarizeHistogram(whole))
      assert.equal(encodeHistogram(merged), encodeHistogram(whole))
    }),
    { numRuns: 30 },
  )
})
