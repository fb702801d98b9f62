/** Everything that is derived from a run, written into its folder. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { buildPage } from '../page/build.ts'
import { writeFileDurably } from '../record/durable.ts'
import { PAGE_FILE } from '../record/run-dir.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { renderReport } from '../report/index.ts'
import type { Summary } from '../report/schema.ts'
import { summarize } from '../report/summarize.ts'

/** @throws AuthscaleError NO_SPACE or WRITE_FAILED */
export async function writeReport(
  folder: string,
  run: Run,
  results: readonly TrialResult[],
): Promise<Summary> {
  const summary = summarize(run, results)
  const files = { ...renderReport(run, summary), [PAGE_FILE]: await buildPage(run, summary, results) }
  await writeFiles(folder, files)
  return summary
}

/** By their paths below the folder, which is made where it is not there. @throws AuthscaleError NO_SPACE or WRITE_FAILED */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFileDurably(file, content)
  }
}
