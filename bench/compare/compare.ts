/** Two runs against each other: ratios by scheme and metric, each with its interval, and which of them count as seen. */
import type { PageRun } from '../report/page-data.ts'
import { schemePlace } from '../report/records.ts'
import { MIN_BLOCKS_TO_DETECT } from '../stats/compare.ts'
import { holm } from '../stats/holm.ts'
import { type Interval, medianInterval } from '../stats/median-interval.ts'
import { welch } from '../stats/welch.ts'
import { type Metric, metrics } from './samples.ts'

interface Side extends Interval {
  /** Blocks. */
  n: number
}

export interface RunRatio {
  metric: string
  scheme: string
  base: Side
  other: Side
  /** Other ÷ base; null where a block of either is not above zero, so that there is no ratio. */
  ratio: Interval | null
  /** Adjusted over all that is compared between the two; null where nothing can be said. */
  p: number | null
  detected: boolean
}

const SIGNIFICANT = 0.05

/**
 * Everything that both runs measured. The ratio is that of geometric means, with Welch's interval on the logarithms:
 * blocks of two runs have nothing in common, so they cannot be paired. A difference counts as seen where the interval
 * excludes one, p after Holm's correction over all ratios of the two runs is below 5 %, both have three blocks at
 * least, and it exceeds what equal arms differed by in either run.
 */
export function compareRuns(base: PageRun, other: PageRun): RunRatio[] {
  const cells = metrics.flatMap((metric) =>
    schemesIn(base, other).flatMap((scheme) => cell(metric, scheme, base, other) ?? []),
  )
  const tested = cells.flatMap(({ p }) => p ?? [])
  const adjusted = holm(tested)
  let next = 0
  return cells.map(({ error, ...found }) => {
    if (found.p === null) return { ...found, detected: false }
    const p = adjusted[next++] as number
    return { ...found, p, detected: isSeen({ ...found, p }, error) }
  })
}

type Cell = Omit<RunRatio, 'detected'> & { error: number | null }

function cell(metric: Metric, scheme: string, base: PageRun, other: PageRun): Cell | null {
  const [from, to] = [metric.of(base.rows, scheme), metric.of(other.rows, scheme)]
  if (!from || !to) return null
  const sides = { base: side(from), other: side(to) }
  const errors = [metric.error(base.rows, sides.base.value), metric.error(other.rows, sides.other.value)]
  const error = errors.some((one) => one === null) ? null : Math.max(...(errors as number[]))
  const common = { metric: metric.name, scheme, ...sides, error }
  if (![...from, ...to].every((value) => value > 0)) return { ...common, ratio: null, p: null }
  const found = welch(to.map(Math.log), from.map(Math.log))
  if (!found) {
    const value = sides.other.value / sides.base.value
    return { ...common, ratio: { value, lo: value, hi: value }, p: null }
  }
  const ratio = { value: Math.exp(found.value), lo: Math.exp(found.lo), hi: Math.exp(found.hi) }
  return { ...common, ratio, p: found.p }
}

function isSeen({ ratio, base, other, p }: Omit<RunRatio, 'detected'>, error: number | null): boolean {
  if (ratio === null || p === null || error === null) return false
  if (Math.min(base.n, other.n) < MIN_BLOCKS_TO_DETECT) return false
  const excludesOne = ratio.lo > 1 || ratio.hi < 1
  return excludesOne && p < SIGNIFICANT && Math.abs(ratio.value - 1) > error
}

const side = (values: readonly number[]): Side => ({ ...medianInterval(values), n: values.length })

/** In the order of the registry; those that it no longer knows come last. */
function schemesIn(...runs: readonly PageRun[]): string[] {
  const names = new Set(runs.flatMap(({ rows }) => rows.map(({ scheme }) => scheme)))
  return [...names].sort((a, b) => schemePlace(a) - schemePlace(b) || a.localeCompare(b, 'en'))
}
