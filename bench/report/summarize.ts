/** From records to `summary.json`: every figure of a report, with its interval, n and warnings. */
import { SCHEMA_VERSION } from '../store/schema.ts'
import type { Estimate, Run, Summary, TrialResult } from '../types.ts'
import { authTax, ownErrors, throughputVsControl } from './comparisons.ts'
import { memoryPerUser, scaling } from './growth.ts'
import { estimate, metrics } from './metrics.ts'
import { type ArmRecords, byBlock, recordsByArm } from './records.ts'

/** Pure: the same records give the same summary. The run's own seed drives the bootstrap. */
export function summarize(run: Run, results: readonly TrialResult[]): Summary {
  const { seed } = run
  const all = recordsByArm(run, results)
  const aa = ownErrors(all, seed)
  const ok = new Set(results.filter((result) => result.ok).map(({ trial }) => trial.id))
  const rejected = results.flatMap((result) =>
    result.ok ? [] : [{ trial: result.trial.id, reason: result.reason }],
  )
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: run.id,
    profile: run.profile,
    trials: {
      planned: run.plan.length,
      ok: ok.size,
      failed: new Set(rejected.map(({ trial }) => trial).filter((id) => !ok.has(id))).size,
    },
    aa,
    arms: all.map((records) => ({
      arm: records.arm,
      metrics: estimates(records, seed),
      authTaxUs: authTax(records, all, aa, seed),
      throughputVsControl: throughputVsControl(records, all, aa, seed),
      warnings: records.warnings,
    })),
    scaling: scaling(all, seed),
    memoryPerUser: memoryPerUser(all, seed),
    rejected,
    notes: run.notes,
  }
}

function estimates(records: ArmRecords, seed: number): Record<string, Estimate> {
  const { warnings } = records
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { unit, of }]) => {
      const found = estimate([...byBlock(records, of).values()], unit, { seed, warnings })
      return found ? [[name, found]] : []
    }),
  )
}
