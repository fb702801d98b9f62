/** The ladders of a run by scheme, and estimates over the server processes behind them. */
import type { Arm, Estimate, Measurement, Run, Rung, TrialResult, Warning } from '../../record/types.ts'
import { clusterInterval, clusterIntervals } from '../../stats/bootstrap.ts'
import { flagged } from '../metrics.ts'
import { begunOf, blocksInTime, schemePlace } from '../records.ts'

/** What one block's server processes went through: the closed loop, then rung after rung. */
interface Climb {
  block: number
  closedLoop: Measurement
  rungs: readonly Rung[]
}

export interface Ladder {
  arm: Arm
  /** By block as `blocksInTime` has it; empty when no trial of the arm has a valid record. */
  climbs: readonly Climb[]
}

/** One ladder an arm of the experiment, in registry order. As everywhere, the first valid record of a trial counts. */
export function ladders(run: Run, results: readonly TrialResult[], experiment: string): Ladder[] {
  const planned = run.plan.filter(({ arm }) => arm.experiment === experiment && arm.load.loop === 'open')
  const arms = new Map(planned.map(({ arm }) => [arm.id, arm]))
  return [...arms.values()]
    .sort((a, b) => schemePlace(a.scheme) - schemePlace(b.scheme))
    .map((arm) => ({ arm, climbs: climbsOf(arm.id, results) }))
}

export function climbsOf(armId: string, results: readonly TrialResult[]): Climb[] {
  const blocks = blocksInTime(results, begunOf)
  const byTrial = new Map<string, Climb>()
  for (const result of results) {
    const { arm, id } = result.trial
    const block = blocks.get(result)
    if (result.ok && arm.id === armId && block !== undefined && !byTrial.has(id))
      byTrial.set(id, { block, closedLoop: result.measurement, rungs: result.rungs })
  }
  return [...byTrial.values()].sort((a, b) => a.block - b.block)
}

/** Rungs that may become a figure. */
export function accepted({ rungs }: Climb): Rung[] {
  return rungs.filter(({ rejectedBy }) => rejectedBy.length === 0)
}

/** Accepted windows of one rate, each with the block whose processes served it. */
export function windowsAt({ climbs }: Ladder, rate: number): { block: number; measurement: Measurement }[] {
  return climbs.flatMap((climb) =>
    accepted(climb)
      .filter(({ arrivalsPerSec }) => arrivalsPerSec === rate)
      .map(({ measurement }) => ({ block: climb.block, measurement })),
  )
}

/** Few processes have few different draws, and a report has hundreds of these intervals. */
const RESAMPLES = 1_000

interface Context {
  seed: number
  warnings: readonly Warning[]
}

/** A statistic of all values together with its cluster bootstrap interval; one cluster a server process. */
export function clusterEstimate<T>(
  clusters: readonly (readonly T[])[],
  statistic: (values: readonly T[]) => number,
  unit: string,
  { seed, warnings }: Context,
): Estimate {
  const interval = clusterInterval(clusters, statistic, { seed, resamples: RESAMPLES })
  return flagged(interval, unit, clusters.length, warnings)
}

/** The same of several statistics that come out of one computation, each with its unit. */
export function clusterEstimates<T, Name extends string>(
  clusters: readonly (readonly T[])[],
  statistics: (values: readonly T[]) => Readonly<Record<Name, number>>,
  units: Readonly<Record<Name, string>>,
  { seed, warnings }: Context,
): Record<Name, Estimate> {
  const intervals = clusterIntervals(clusters, statistics, { seed, resamples: RESAMPLES })
  const estimates = (Object.keys(units) as Name[]).map((name) => [
    name,
    flagged(intervals[name], units[name], clusters.length, warnings),
  ])
  return Object.fromEntries(estimates) as Record<Name, Estimate>
}
