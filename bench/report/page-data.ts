/** What a page carries with it: all that follows from a run, and its trials as rows, without the raw measurements. */
import { SCHEMA_VERSION } from '../store/schema/basics.ts'
import type { Run, Summary, TrialResult } from '../types.ts'
import { type TrialRow, trialRows } from './rows.ts'

/** A run as comparisons and tables need it, however it was read. */
export interface PageRun {
  run: Run
  rows: readonly TrialRow[]
}

export interface PageData extends PageRun {
  /** Of the page as a whole, so that another version of it can say that it does not know this one. */
  schemaVersion: number
  summary: Summary
}

export function pageData(run: Run, summary: Summary, results: readonly TrialResult[]): PageData {
  return { schemaVersion: SCHEMA_VERSION, run, summary, rows: trialRows(run, results) }
}
