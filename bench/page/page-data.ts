/** What a page carries with it: all that follows from a run, and its trials as rows, without the raw measurements. */
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'

export interface PageData extends RunWithRows {
  /** Of the page as a whole, so that another version of it can say that it does not know this one. */
  schemaVersion: number
  summary: Summary
  /** What plans were worth that were started, where that was tried beside this run. */
  held: string | null
}

export function pageData(
  run: Run,
  summary: Summary,
  results: readonly TrialResult[],
  held: string | null = null,
): PageData {
  return { schemaVersion: SCHEMA_VERSION, summary, held, ...runWithRows(run, results, summary.costCurves) }
}
