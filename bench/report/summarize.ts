/** From records to `summary.json`: every figure of a report, with its interval, n and warnings. */
import { judgeAll } from '../claims/ledger.ts'
import { type MeasuredSummary, summarizeParts } from '../experiments/reports.ts'
import { ROLES } from '../experiments/roles.ts'
import { agreement } from '../figures/agreement.ts'
import { compareWithControl, ownErrors, versus } from '../figures/comparisons.ts'
import { ladders } from '../figures/ladders/climbs.ts'
import { estimateOf, metrics } from '../figures/metrics.ts'
import { type ArmRecords, armsIn, experimentsIn, recordsByArm } from '../figures/records.ts'
import { tooLarge } from '../figures/state-limit.ts'
import { stillWarming } from '../figures/warm-up.ts'
import { farScale } from '../plan/far/summary.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Estimate, Run, TrialResult } from '../record/types.ts'
import { trade } from '../trade/trade.ts'
import type { Summary } from './schema.ts'

/** Pure: the same records give the same summary. The run's own seed drives what is drawn at random. */
export function summarize(run: Run, results: readonly TrialResult[]): Summary {
  // The closed-loop window of a ladder only ends its warm-up; what ladders say has tables of its own. So has what was
  // observed or examined: its load is there to be there, and no figure of the scheme.
  const closed = recordsByArm(run, results).filter(
    ({ arm }) => arm.load.loop !== 'open' && !arm.observe && !arm.examine,
  )
  const withRejected = agreement(closed, results, ownErrors(closed))
  const warming = stillWarming(closed)
  const all = closed.map((records) => flagged(records, withRejected, warming))
  const aa = ownErrors(all)
  const compared = compareWithControl(all, aa)
  const against = versus(all, aa)
  const measured: MeasuredSummary = {
    schemaVersion: SCHEMA_VERSION,
    runId: run.id,
    profile: run.profile,
    trials: trials(run, results),
    aa,
    arms: all.map((records) => ({
      arm: records.arm,
      metrics: estimates(records),
      authTaxUs: compared.get(records.arm.id)?.authTaxUs ?? null,
      throughputVsControl: compared.get(records.arm.id)?.throughputVsControl ?? null,
      versus: against.get(records.arm.id) ?? null,
      warnings: records.warnings,
    })),
    blocks: blocks(run, results),
    rejected: results.flatMap((result) =>
      result.ok ? [] : [{ trial: result.trial.id, reason: result.reason }],
    ),
    withRejected,
    notes: run.notes,
    ...summarizeParts({ run, results, arms: all, compared }),
  }
  return {
    ...measured,
    trade: trade(run, measured, results),
    farScale: farScale(run, measured, results),
    claims: judgeAll({
      run,
      summary: measured,
      arms: all,
      ladders: ladders(run, results, ROLES.latency),
      results,
    }),
  }
}

/** Planned are those that can be measured: what a scheme was found to refuse is in `payload`. */
function trials(run: Run, results: readonly TrialResult[]): Summary['trials'] {
  const isTooLarge = tooLarge(results)
  const planned = run.plan.filter((trial) => !isTooLarge(trial)).length
  const ok = new Set(results.filter((result) => result.ok).map(({ trial }) => trial.id))
  const tried = new Set(results.map(({ trial }) => trial.id))
  return { planned, ok: ok.size, failed: tried.size - ok.size }
}

/** With the warnings that only all blocks together can give. */
function flagged(
  records: ArmRecords,
  withRejected: Summary['withRejected'],
  warming: ReadonlySet<string>,
): ArmRecords {
  const { id } = records.arm
  const warnings = new Set(records.warnings)
  if (withRejected.some(({ arm, agrees }) => arm === id && !agrees)) warnings.add('rejects-matter')
  if (warming.has(id)) warnings.add('warm-up-not-over')
  return { ...records, warnings: [...warnings] }
}

function estimates(records: ArmRecords): Record<string, Estimate> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { unit, of }]) => {
      const found = estimateOf(records, of, unit)
      return found ? [[name, found]] : []
    }),
  )
}

/** A run that was interrupted has fewer blocks too; only one that finished by its rule stopped early. */
function blocks({ plan, rules, finishedAt }: Run, results: readonly TrialResult[]): Summary['blocks'] {
  const mayStop = rules !== null && rules.precision !== null && finishedAt !== null
  return experimentsIn(plan).map((experiment) => {
    const count = (trials: readonly Run['plan'][number][]) =>
      new Set(armsIn(trials, experiment).map(({ block }) => block)).size
    const planned = count(plan)
    const measured = count(results.map(({ trial }) => trial))
    return { experiment, planned, measured, stoppedEarly: mayStop && measured < planned }
  })
}
