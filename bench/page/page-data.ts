/** What a page carries with it: all that follows from a run, and its trials as rows, without the raw measurements. */
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'

export interface PageData extends RunWithRows {
  /** Of the page as a whole, so that another version of it can say that it does not know this one. */
  schemaVersion: number
  summary: Summary
}

export function pageData(run: Run, summary: Summary, results: readonly TrialResult[]): PageData {
  return { schemaVersion: SCHEMA_VERSION, summary, ...runWithRows(run, results, summary.costCurves) }
}
