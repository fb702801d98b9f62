/** A run as comparisons and lists of runs read it. */
import { type RunWithRows, trialRows } from '../figures/rows.ts'
import { readRun } from '../record/run-dir.ts'

/** @throws what reading a run can throw */
export async function pageRunIn(folder: string): Promise<RunWithRows> {
  const { run, results } = await readRun(folder)
  return { run, rows: trialRows(run, results) }
}
