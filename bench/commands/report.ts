/** `npm run report -- <run>`: what is derived from a run, written anew and shown. */
import path from 'node:path'
import { machineAnswer } from '../compare/over-runs-text.ts'
import { AuthscaleError } from '../errors.ts'
import { loadFigures } from '../figures/runs/over-load.ts'
import { PAGE_FILE, readRun } from '../record/run-dir.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'
import { smokeText } from '../report/smoke.ts'
import { terminalTable } from '../report/terminal.ts'
import { wrap } from '../words/wrap.ts'
import { publishedRuns } from './publishing/read-published.ts'

/** Profiles whose runs are published. */
const SENT_IN: readonly Run['profile'][] = ['standard', 'full']

/** A folder as the user would type it. */
export const here = (folder: string) => path.relative(process.cwd(), folder) || '.'

/** As https://no-color.org asks. */
const inColor = () => process.stdout.isTTY === true && !process.env.NO_COLOR

export async function report(folder: string, options: OutputOptions): Promise<void> {
  const { run, results, damage } = await readRun(folder)
  if (damage !== null) console.error(`note: ${damage}`)
  if (results.length === 0)
    throw new AuthscaleError('EMPTY_RUN', `${folder} has no trials yet: go on with --resume`)
  await show(folder, { run, results }, await written(folder, run, results), options)
}

/** Charts and pages are loaded when there is something to draw. */
export async function written(folder: string, run: Run, results: readonly TrialResult[]): Promise<Summary> {
  const { writeReport } = await import('./write-report.ts')
  return writeReport(folder, run, results)
}

export interface OutputOptions {
  /** The summary alone, for programs. */
  json?: boolean
}

export async function show(
  folder: string,
  { run, results }: { run: Run; results: readonly TrialResult[] },
  summary: Summary,
  { json }: OutputOptions,
): Promise<void> {
  if (json) {
    console.log(JSON.stringify(summary))
    return
  }
  console.log(`\nOpen ${here(folder)}/${PAGE_FILE} in a browser; report.md has the same as text.`)
  if (run.finishedAt !== null && SENT_IN.includes(run.profile))
    console.log(`Send it in: npm run publish-run -- ${here(folder)} (docs/your-results.md)`)
  if (run.profile === 'smoke') {
    console.log(`\n${smokeText(run, results)}`)
    return
  }
  const ofMachine = await machineLine(run, summary)
  if (ofMachine) console.log(`\n${wrap(ofMachine)}`)
  // The verdict comes last: it is what stands on the screen when all has scrolled by.
  console.log(`\n${terminalTable(summary, run, { color: inColor() })}`)
}

/** In no file of the run, which follow from its own records alone. */
async function machineLine(run: Run, { costCurves }: Summary): Promise<string | null> {
  const of = { run, rows: [], overLoad: loadFigures(costCurves), pairs: [] }
  return of.overLoad.length === 0 ? null : machineAnswer(of, (await publishedRuns()).runs)
}
