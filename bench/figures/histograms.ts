/** Quantiles of any selection of recorded histograms together, fast enough to take thousands of selections. */
import { JsHistogram } from 'hdr-histogram-js'
import { rising } from '../stats/groups.ts'
import { decodeHistogram } from '../stats/histogram.ts'

/**
 * A bootstrap that merged histograms would walk tens of thousands of counts for each resample. All are brought onto
 * one list of values here, with the samples up to each value, so that a quantile is a bisection.
 *
 * @param texts of µs, as `encodeHistogram` writes them
 * @throws for text that is no histogram
 */
export function histogramSet(texts: readonly string[]) {
  const counts = texts.map(countsByValue)
  const values = rising(counts.flatMap((one) => [...one.keys()]))
  const upTo = counts.map((one) => {
    let passed = 0
    return Float64Array.from(values, (value) => {
      passed += one.get(value) ?? 0
      return passed
    })
  })
  const passedAt = (drawn: readonly number[], place: number) =>
    drawn.reduce((sum, index) => sum + (upTo[index]?.[place] ?? 0), 0)
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

/** Samples by the highest value that their bucket holds, as the library's own percentiles read it. */
function countsByValue(text: string): Map<number, number> {
  const histogram = decodeHistogram(text)
  if (!(histogram instanceof JsHistogram)) throw new TypeError('a histogram of another kind was decoded')
  const counts = new Map<number, number>()
  for (let index = 0; index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index)
    if (count > 0) counts.set(histogram.highestEquivalentValue(histogram.valueFromIndex(index)), count)
  }
  return counts
}
