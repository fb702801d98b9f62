/** Whether it matters that trials were rejected: figures without them and with them, side by side. */
import type { Estimate, Measurement, TrialResult } from '../record/types.ts'
import { medianPerBlock, ownError } from '../stats/paired.ts'
import { estimate, estimateOf, metrics } from './metrics.ts'
import { type ArmRecords, byBlock, plannedBlock } from './records.ts'
import type { CoreSummary } from './schema.ts'

type WithRejected = CoreSummary['withRejected'][number]

/** What every comparison rests on. */
const JUDGED = ['cpuUsPerRequest.total', 'throughputPerSec'] as const

/**
 * For each arm with trials that a gate rejected, its figures without and with them. Gates are fixed beforehand, so they
 * cannot pick results; but a gate that happens to meet one arm more than others still moves its figures, and this shows
 * by how much. An arm with only rejected trials has no figure, and is not here.
 */
export function agreement(
  all: readonly ArmRecords[],
  results: readonly TrialResult[],
  aa: CoreSummary['aa'],
): WithRejected[] {
  return all.flatMap((records) => {
    const rejected = rejectedOf(records.arm.id, results)
    return rejected.length === 0 ? [] : JUDGED.flatMap((metric) => bothWays(records, rejected, metric, aa))
  })
}

type Rejected = readonly [block: number, measurement: Measurement]

/** Trials that failed have no measurement: only those that a gate rejected. */
function rejectedOf(armId: string, results: readonly TrialResult[]): Rejected[] {
  return results.flatMap((result): Rejected[] => {
    if (result.ok || result.trial.arm.id !== armId || result.rejectedBy.length === 0) return []
    return result.measurement ? [[result.trial.block, result.measurement]] : []
  })
}

/** A block that has both gives the median of both, as if no gate had been there when it was repeated. */
function bothWays(
  records: ArmRecords,
  rejected: readonly Rejected[],
  metric: (typeof JUDGED)[number],
  aa: CoreSummary['aa'],
): WithRejected[] {
  const { unit, of } = metrics[metric]
  // Of the plan: that a run stood still in between is no reason to leave either out.
  const kept = [...byBlock(records, of)].map(([block, value]) => [plannedBlock(block), value] as const)
  const also = rejected.flatMap(([block, measurement]) => {
    const value = of(measurement)
    return value === null ? [] : [[block, value] as const]
  })
  const together = medianPerBlock([...kept, ...also])
  const without = estimateOf(records, of, unit)
  const withThem = estimate([...together.values()], unit, records)
  if (!without || !withThem || also.length === 0) return []
  const error = aa && ownError(metric === 'throughputPerSec' ? aa.throughputRatio : aa.cpuRatio, 1)
  return [{ arm: records.arm.id, metric, without, with: withThem, agrees: agrees(without, withThem, error) }]
}

/** A single block has no interval; what the run's own error leaves open takes its place. */
function agrees(without: Estimate, { value }: Estimate, error: number | null): boolean {
  if (without.n > 1) return without.lo <= value && value <= without.hi
  return Math.abs(value - without.value) <= (error ?? 0) * without.value
}
