/** Where runs lie, and a run as comparisons and lists of runs read it. */
import { fileURLToPath } from 'node:url'
import { trialRows } from '../figures/rows.ts'
import type { PageRun } from '../page/page-data.ts'
import { readRun } from '../record/run-dir.ts'

export const resultsFolder = fileURLToPath(new URL('../../results', import.meta.url))

/** @throws what reading a run can throw */
export async function pageRunIn(folder: string): Promise<PageRun> {
  const { run, results } = await readRun(folder)
  return { run, rows: trialRows(run, results) }
}
