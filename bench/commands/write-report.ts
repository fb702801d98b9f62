/** Everything that is derived from a run, written into its folder. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { buildPage } from '../page/build.ts'
import { writeFileDurably } from '../record/durable.ts'
import { PAGE_FILE, PLAN_CHECK_FILE, readPlanCheck } from '../record/run-dir.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { renderReport } from '../report/index.ts'
import type { Summary } from '../report/schema.ts'
import { summarize } from '../report/summarize.ts'
import { heldText } from '../verify/plans/table.ts'

/** @throws AuthscaleError NO_SPACE or WRITE_FAILED */
export async function writeReport(
  folder: string,
  run: Run,
  results: readonly TrialResult[],
): Promise<Summary> {
  const summary = summarize(run, results)
  const files = {
    ...renderReport(run, summary),
    [PAGE_FILE]: await buildPage(run, summary, results, await heldIn(folder)),
  }
  await writeFiles(folder, files)
  return summary
}

/** What the check of plans beside a run says; null without one. */
export async function heldIn(folder: string): Promise<string | null> {
  return existsSync(path.join(folder, PLAN_CHECK_FILE)) ? heldText(await readPlanCheck(folder)) : null
}

/** By their paths below the folder, which is made where it is not there. @throws AuthscaleError NO_SPACE or WRITE_FAILED */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFileDurably(file, content)
  }
}
