/** Trials as rows of a table: what comparisons between runs and the page's raw table read. */
import type { Run, TrialResult, Warning } from '../record/types.ts'
import type { CostCurves } from './curve-schema.ts'
import { comparedCurves } from './curves.ts'
import { capacityIn } from './ladders/capacity.ts'
import { type MetricName, metrics } from './metrics.ts'
import { isGlance } from './records.ts'
import { type LoadFigure, loadFigures, type PairFigures, pairFigures } from './runs/over-load.ts'
import type { CapacityNote } from './schema.ts'

/** Of one record; a trial that was measured again has a row for each attempt. */
export interface TrialRow {
  id: string
  arm: string
  experiment: string
  scheme: string
  users: number
  block: number
  /** The second, identical control. */
  twin: boolean
  startedAt: string
  /** Null where it was accepted. */
  rejected: string | null
  warnings: Warning[]
  /** Those that this trial has, in the units of `metrics`; arrivals/s for the capacity of a ladder. */
  values: Partial<Record<MetricName | 'capacityPerSec', number>>
  /** Of a ladder, what its capacity is; left out where it was found. */
  capacityNote?: CapacityNote
}

/** A run as comparisons and tables need it, however it was read. */
export interface RunWithRows {
  run: Run
  rows: readonly TrialRow[]
  /** Empty for a run that took no turns. */
  overLoad: readonly LoadFigure[]
  /** Of all pairs of its schemes; empty where only single schemes were asked for. */
  pairs: readonly PairFigures[]
}

/** From the records. @param curves where they are known already */
export function runWithRows(
  run: Run,
  results: readonly TrialResult[],
  curves: Pick<CostCurves, 'curves' | 'pairs'> = comparedCurves(run, results),
): RunWithRows {
  return { run, rows: trialRows(run, results), overLoad: loadFigures(curves), pairs: pairFigures(curves) }
}

/** Pure. In the order of the records. */
function trialRows(run: Run, results: readonly TrialResult[]): TrialRow[] {
  return results.map((result) => {
    const { arm, block, id } = result.trial
    const { experiment, scheme, users, twin } = arm
    const common = { id, arm: arm.id, experiment, scheme, users, block, twin, startedAt: result.startedAt }
    if (!result.ok) return { ...common, rejected: result.reason, warnings: result.rejectedBy, values: {} }
    return {
      ...common,
      rejected: null,
      warnings: result.measurement.warnings,
      ...(arm.load.loop === 'open' ? capacity(run, result) : { values: figures(run, result) }),
    }
  })
}

type Accepted = Extract<TrialResult, { ok: true }>

/** Of load that is there to be there nothing is a figure of the scheme, and of a glance neither. */
function figures(run: Run, { trial: { arm }, measurement }: Accepted): TrialRow['values'] {
  if (arm.observe || arm.examine || isGlance(run, arm)) return {}
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { of }]) => {
      const value = of(measurement)
      return value === null ? [] : [[name, sixDigits(value)]]
    }),
  )
}

function capacity({ rules }: Run, { rungs }: Accepted): Pick<TrialRow, 'values' | 'capacityNote'> {
  if (!rules) return { values: {} }
  const { note, perSec } = capacityIn(rungs, rules.slo)
  return {
    values: perSec === null ? {} : { capacityPerSec: sixDigits(perSec) },
    ...(note !== 'found' && { capacityNote: note }),
  }
}

/** More would be noise, and would make a page of two thousand trials half as large again. */
const sixDigits = (value: number) => Number(value.toPrecision(6))
