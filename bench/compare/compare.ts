/** Two runs against each other: ratios by scheme and metric, each with its interval, and which of them count as seen. */
import { inFamily } from '../figures/comparisons.ts'
import { schemePlace } from '../figures/records.ts'
import type { RunWithRows } from '../figures/rows.ts'
import type { Point } from '../record/types.ts'
import type { Interval } from '../stats/median-interval.ts'
import { detected, MIN_BLOCKS_TO_DETECT } from '../stats/paired.ts'
import { mean } from '../stats/sums.ts'
import { apart } from '../stats/welch.ts'
import { type Known, placeKey } from './between.ts'
import { controlCpu, type Metric, metrics, type Sample } from './samples.ts'

type Side = Sample['shown']

export interface RunRatio {
  metric: string
  scheme: string
  /** On the curve of the load; null for the closed loop and for what no load changes. */
  at: Point | null
  /** As each run measured it: a slower machine shows here. */
  base: Side
  other: Side
  /** Other ÷ base of what the metric compares; null where a block of either is not above zero, so that there is no ratio. */
  ratio: Interval | null
  /** Adjusted over all that is compared between the two; null where nothing can be said. */
  p: number | null
  /** Whether the runs hold what it takes to see a difference at all. */
  judged: boolean
  detected: boolean
}

/** From here on two machines, or one at two times, count as not equally fast. */
const SAME_PACE = 0.05

/** How many times as much CPU the control took, of the places that both have; null where they have none in common. */
export function paceRatio(base: RunWithRows, other: RunWithRows): number | null {
  const [from, to] = [controlCpu(base), controlCpu(other)]
  const common = [...from].flatMap(([place, log]) => {
    const there = to.get(place)
    return there === undefined ? [] : [there - log]
  })
  return common.length === 0 ? null : Math.exp(mean(common))
}

export const isSamePace = (ratio: number | null) =>
  ratio === null || Math.abs(Math.log(ratio)) <= Math.log1p(SAME_PACE)

/**
 * Everything that both runs measured. CPU and throughput are compared by what they are beside the control of the same run: a
 * slower machine slows both. The ratio is that of geometric means, with Welch's interval on the logarithms: blocks of two
 * runs have nothing in common, so they cannot be paired. A difference counts as seen where the interval
 * excludes one, p after Holm's correction over all ratios of the two runs is below 5 %, both have three blocks at
 * least, and it exceeds what equal arms differed by in either run.
 *
 * @param known what runs of the machine differ by: it widens each interval. Null where the two are not of one machine
 */
export function compareRuns(base: RunWithRows, other: RunWithRows, known: Known | null = null): RunRatio[] {
  const isSteady = isSamePace(paceRatio(base, other))
  const cells = metrics.flatMap((metric) =>
    schemesIn(base, other).flatMap((scheme) => cellsOf(metric, scheme, { base, other, known, isSteady })),
  )
  return inFamily(cells).flatMap((found) => (found ? [judgedBy(found)] : []))
}

/** By the rule of a run's own comparisons; blocks are counted where there are fewer. */
function judgedBy({ error, isTellable, ...shown }: Cell): RunRatio {
  const { ratio, p } = shown
  const n = Math.min(shown.base.n, shown.other.n)
  const judged = isTellable && ratio !== null && p !== null && error !== null && n >= MIN_BLOCKS_TO_DETECT
  return { ...shown, judged, detected: judged && detected({ ...ratio, n, p }, 1, error) }
}

interface Cell extends Omit<RunRatio, 'judged' | 'detected'> {
  error: number | null
  /** Whether the machine can be told from what is measured. */
  isTellable: boolean
}

interface Sides {
  base: RunWithRows
  other: RunWithRows
  known: Known | null
  isSteady: boolean
}

function cellsOf(metric: Metric, scheme: string, { base, other, known, isSteady }: Sides): Cell[] {
  const there = new Map(metric.of(other, scheme).map((sample) => [placeKey(sample.at), sample]))
  const isTellable = metric.beside !== 'pace' || isSteady
  return metric.of(base, scheme).flatMap((from): Cell[] => {
    const to = there.get(placeKey(from.at))
    if (!to) return []
    const error = from.error === null || to.error === null ? null : Math.max(from.error, to.error)
    const sides = { at: from.at, base: from.shown, other: to.shown }
    const common = { metric: metric.name, scheme, ...sides, error, isTellable }
    if (!from.log || !to.log) return [{ ...common, ratio: null, p: null }]
    const value = to.log.value - from.log.value
    const { p, lo, hi } = apart(to.log, from.log, known?.of.get(metric.name)) ?? {
      p: null,
      lo: value,
      hi: value,
    }
    const ratio = { value: Math.exp(value), lo: Math.exp(lo), hi: Math.exp(hi) }
    return [{ ...common, ratio, p }]
  })
}

/** In the order of the registry; those that it no longer knows come last. */
function schemesIn(...runs: readonly RunWithRows[]): string[] {
  const names = new Set(runs.flatMap(({ rows }) => rows.map(({ scheme }) => scheme)))
  return [...names].sort((a, b) => schemePlace(a) - schemePlace(b) || a.localeCompare(b, 'en'))
}
