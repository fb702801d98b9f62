/** Quantiles of selections against the library's own, of histograms that were actually merged. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHistogram, encodeHistogram, recordUs } from '../stats/histogram.ts'
import { histogramSet } from './histograms.ts'

const samples = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 60_000_000 })),
  {
    minLength: 1,
    maxLength: 60,
  },
)
const shares = [0.5, 0.9, 0.99, 0.999, 1] as const

function recorded(values: readonly number[]) {
  const histogram = createHistogram()
  for (const value of values) recordUs(histogram, value)
  return histogram
}

test('each quantile of each selection is that of the merged histogram', () => {
  const choice = fc.array(fc.nat(), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), choice, (parts, choices) => {
      const drawn = choices.map((one) => one % parts.length)
      const set = histogramSet(parts.map((values) => encodeHistogram(recorded(values))))
      const merged = recorded(drawn.flatMap((index) => parts[index] ?? []))
      for (const p of shares) assert.equal(set.quantile(drawn, p), merged.getValueAtPercentile(100 * p))
    }),
  )
})

test('a share that falls on a whole sample takes that sample, not the next one', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => i + 1)
  assert.equal(histogramSet([encodeHistogram(recorded(values))]).quantile([0], 0.999), 999)
  assert.equal(histogramSet([encodeHistogram(recorded(values))]).quantile([0, 0], 0.5), 500)
})

test('without a sample there is no quantile', () => {
  assert.ok(Number.isNaN(histogramSet([encodeHistogram(createHistogram())]).quantile([0], 0.5)))
  assert.ok(Number.isNaN(histogramSet([]).quantile([], 0.5)))
})
