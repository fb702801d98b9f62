/** Intervals for statistics of values that come in clusters: many requests or rungs of one server process. */
import { errorFunction } from 'simple-statistics'
import type { Interval } from './median-interval.ts'
import { quantiles } from './quantiles.ts'
import { seededDraw } from './seeded.ts'
import { tQuantile } from './student-t.ts'

/** The interval's ends then hardly move when the seed changes. */
const RESAMPLES = 2_000
/** With more resamples than this without a finite statistic, the rest would describe other data than these. */
const MOST_LEFT_OUT = 0.25

/**
 * A statistic of all values together, with its interval from a cluster bootstrap: whole clusters (the server
 * processes) are drawn with replacement and keep all their values (Davison & Hinkley, "Bootstrap Methods and Their
 * Application", 1997, §3.8; Field & Welsh, "Bootstrapping clustered data", JRSS B 69, 2007). Values of one process
 * resemble each other: drawing them one by one would take each for a process of its own, and the 95 % intervals
 * of the test would then hold the truth in 73 % of cases.
 *
 * The ends are expanded percentiles (Hesterberg, "What teachers should know about the bootstrap", The American
 * Statistician 69, 2015): plain ones are too narrow by √((n − 1)/n) and by the normal instead of Student's
 * distribution. They hold the truth in 93 to 97 % of cases from 6 clusters on, medians and slopes alike; in about
 * 90 % at 5, 75 % at 3 and 50 % at 2, where no expansion helps, since no resample reaches beyond the data. Below
 * `FEW_BLOCKS` the caller must say so.
 *
 * Resamples whose statistic is not finite (a line through one point) are left out. An interval that lies beside
 * the value, as a lopsided statistic can make it, is stretched to hold it.
 *
 * @param statistic of the values alone: the same ones, in the same order, give the same
 * @throws RangeError without values, when the statistic of all values is not finite, or when more than a quarter
 * of the resamples have none
 */
export function clusterInterval<T>(
  clusters: readonly (readonly T[])[],
  statistic: (values: readonly T[]) => number,
  options: Options,
): Interval {
  return clusterIntervals(clusters, (values) => ({ only: statistic(values) }), options).only
}

interface Options {
  seed: number
  resamples?: number
  confidence?: number
}

/** Of several statistics that come out of one computation, such as the parameters of a fit: it is done once a resample. */
export function clusterIntervals<T, Name extends string>(
  clusters: readonly (readonly T[])[],
  statistics: (values: readonly T[]) => Readonly<Record<Name, number>>,
  { seed, resamples = RESAMPLES, confidence = 0.95 }: Options,
): Record<Name, Interval> {
  const filled = clusters.filter((values) => values.length > 0)
  if (filled.length === 0) throw new RangeError('a cluster bootstrap needs at least one value')
  const ofAll = statistics(filled.flat())
  const drawn = filled.length === 1 ? [] : ofResamples(filled, statistics, seed, resamples)
  const intervalOf = (name: Name): Interval => {
    const value = ofAll[name]
    if (!Number.isFinite(value)) throw new RangeError(`the statistic of all values is ${value}`)
    if (filled.length === 1) return { value, lo: value, hi: value }
    const finite = drawn.map((one) => one[name]).filter(Number.isFinite)
    if (finite.length < (1 - MOST_LEFT_OUT) * resamples)
      throw new RangeError(`only ${finite.length} of ${resamples} resamples have a finite statistic`)
    const tail = expandedTail((1 - confidence) / 2, filled.length)
    const [lo = value, hi = value] = quantiles(finite, [tail, 1 - tail])
    return { value, lo: Math.min(lo, value), hi: Math.max(hi, value) }
  }
  const names = Object.keys(ofAll) as Name[]
  return Object.fromEntries(names.map((name) => [name, intervalOf(name)])) as Record<Name, Interval>
}

/** What `of` gives for each resample. */
function ofResamples<T, Found>(
  clusters: readonly (readonly T[])[],
  of: (values: readonly T[]) => Found,
  seed: number,
  resamples: number,
): Found[] {
  const { length } = clusters
  const draw = seededDraw(seed)
  // Two processes can be drawn in four ways only. The order counts: a sum in another one may differ in its last digit.
  const known = length ** length <= resamples ? new Map<number, Found>() : null
  const places = clusters.map(() => 0)
  return Array.from({ length: resamples }, () => {
    let way = 0
    for (let i = 0; i < length; i++) {
      const place = draw(length)
      places[i] = place
      way = way * length + place
    }
    const before = known?.get(way)
    if (before !== undefined) return before
    // `flatMap` takes several times as long, and a report draws millions.
    const values: T[] = []
    for (const place of places) {
      const cluster = clusters[place] as readonly T[]
      for (let i = 0; i < cluster.length; i++) values.push(cluster[i] as T)
    }
    const found = of(values)
    known?.set(way, found)
    return found
  })
}

/** The share of resamples to leave at either end so that `tail` of intervals miss on that side: Φ(√(n/(n − 1))·t). */
function expandedTail(tail: number, clusters: number): number {
  const t = Math.sqrt(clusters / (clusters - 1)) * tQuantile(tail, clusters - 1)
  return (1 + errorFunction(t / Math.SQRT2)) / 2
}
