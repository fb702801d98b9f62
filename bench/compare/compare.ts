/** Two runs against each other: ratios by scheme and metric, each with its interval, and which of them count as seen. */
import { inFamily } from '../figures/comparisons.ts'
import { schemePlace } from '../figures/records.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { type Interval, medianInterval } from '../stats/median-interval.ts'
import { detected, MIN_BLOCKS_TO_DETECT } from '../stats/paired.ts'
import { welch } from '../stats/welch.ts'
import { type Metric, metrics } from './samples.ts'

/** n blocks. */
type Side = Interval & { n: number }

export interface RunRatio {
  metric: string
  scheme: string
  base: Side
  other: Side
  /** Other ÷ base; null where a block of either is not above zero, so that there is no ratio. */
  ratio: Interval | null
  /** Adjusted over all that is compared between the two; null where nothing can be said. */
  p: number | null
  /** Whether the runs hold what it takes to see a difference at all. */
  judged: boolean
  detected: boolean
}

/**
 * Everything that both runs measured. The ratio is that of geometric means, with Welch's interval on the logarithms:
 * blocks of two runs have nothing in common, so they cannot be paired. A difference counts as seen where the interval
 * excludes one, p after Holm's correction over all ratios of the two runs is below 5 %, both have three blocks at
 * least, and it exceeds what equal arms differed by in either run.
 */
export function compareRuns(base: RunWithRows, other: RunWithRows): RunRatio[] {
  const cells = metrics.flatMap((metric) =>
    schemesIn(base, other).flatMap((scheme) => cell(metric, scheme, base, other) ?? []),
  )
  return inFamily(cells).flatMap((found) => (found ? [judgedBy(found)] : []))
}

/** By the rule of a run's own comparisons; blocks are counted where there are fewer. */
function judgedBy({ error, ...shown }: Cell): RunRatio {
  const { ratio, p } = shown
  const n = Math.min(shown.base.n, shown.other.n)
  const judged = ratio !== null && p !== null && error !== null && n >= MIN_BLOCKS_TO_DETECT
  return { ...shown, judged, detected: judged && detected({ ...ratio, n, p }, 1, error) }
}

type Cell = Omit<RunRatio, 'judged' | 'detected'> & { error: number | null }

function cell(metric: Metric, scheme: string, base: RunWithRows, other: RunWithRows): Cell | null {
  const [from, to] = [metric.of(base.rows, scheme), metric.of(other.rows, scheme)]
  if (!from || !to) return null
  const sides = { base: side(from), other: side(to) }
  const [own, theirs] = [
    metric.error(base.rows, sides.base.value),
    metric.error(other.rows, sides.other.value),
  ]
  const error = own === null || theirs === null ? null : Math.max(own, theirs)
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

const side = (values: readonly number[]): Side => ({ ...medianInterval(values), n: values.length })

/** In the order of the registry; those that it no longer knows come last. */
function schemesIn(...runs: readonly RunWithRows[]): string[] {
  const names = new Set(runs.flatMap(({ rows }) => rows.map(({ scheme }) => scheme)))
  return [...names].sort((a, b) => schemePlace(a) - schemePlace(b) || a.localeCompare(b, 'en'))
}
