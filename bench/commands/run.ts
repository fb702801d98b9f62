/** `npm run bench`: measures, and writes a run with its report. */
import path from 'node:path'
import type { Fleet, FleetOptions } from '../fleet/fleet.ts'
import { openLocalFleet } from '../fleet/local/local.ts'
import { merged, NO_VARIABLES } from '../fleet/processes/variables.ts'
import { openRemoteFleet } from '../fleet/remote.ts'
import { resultsFolder } from '../places.ts'
import { readRun, writeRun } from '../record/run-dir.ts'
import type { Run, Trial, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'
import { isBroken } from '../report/smoke.ts'
import type { BenchOptions } from '../run/choices.ts'
import { newRun, type OpenRun, resumeRun } from '../run/open-run.ts'
import { execute } from '../run/run.ts'
import { Interrupted } from '../run/trial.ts'
import { upcomingTrials, withoutFigure } from '../run/trial-order.ts'
import { traits } from '../traits.ts'
import { againstOf } from './against.ts'
import { catchSignals } from './interrupt.ts'
import { here, type OutputOptions, show, written } from './report.ts'

/** Measures, reports, and leaves nothing running. */
export async function bench(options: BenchOptions): Promise<void> {
  const interrupt = catchSignals()
  const { port, generators, json = false, markdown = false, verbose = false } = options
  const isQuiet = json || markdown
  const out = path.resolve(options.out ?? resultsFolder)
  const fleet = await openFleet({ port, generators, out, log: (line) => console.error(line) })
  try {
    const open = options.resume ? await resumeRun(options, fleet) : await newRun(options, traits, fleet)
    try {
      const tell = isQuiet ? console.error : console.log
      tell(`${open.run.plan.length} trials into ${here(open.folder)}`)
      for (const note of open.run.notes) tell(`note: ${note}`)
      await execute(open, traits, fleet, interrupt.signal, { quiet: isQuiet, verbose })
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
    } finally {
      await open.log.close()
    }
    addVariables(open, fleet)
    process.exitCode = await conclude(open, interrupt.exitCode(), options)
  } finally {
    await fleet.close()
  }
}

/** Containers when docker-compose.yml says that there are some, else processes of our own. */
function openFleet(options: FleetOptions): Promise<Fleet> {
  const replicas = process.env.AUTHSCALE_REPLICAS
  return replicas ? openRemoteFleet(replicas, options) : openLocalFleet(options)
}

/** Known only after servers were up. Those of a resumed run add to what it had before. */
function addVariables({ run: { environment } }: OpenRun, fleet: Fleet): void {
  const seen = fleet.serverVariables()
  if (seen) environment.serverVariables = merged(environment.serverVariables ?? NO_VARIABLES, seen)
}

/** Writes what can be derived, prints the table, and returns the exit code. */
async function conclude(
  { run, folder }: OpenRun,
  interrupted: number | null,
  output: OutputOptions & Pick<BenchOptions, 'markdown' | 'failAbove'>,
): Promise<number> {
  if (interrupted === null) run.finishedAt = new Date().toISOString()
  await writeRun(folder, run)
  // Read back, so that `report` makes the same bytes later.
  const { run: stored, results } = await readRun(folder)
  const left = withoutFigure(run, results)
  const summary = results.length > 0 ? await written(folder, stored, results) : null
  if (summary && !output.markdown) await show(folder, { run: stored, results }, summary, output)
  if (interrupted !== null) {
    const tell = output.json || output.markdown ? console.error : console.log
    tell(`stopped with ${run.plan.length - left.length} of ${run.plan.length} trials measured; go on with:`)
    tell(`  npm run bench -- --resume ${here(folder)}`)
    return interrupted
  }
  const isSlower = summary && run.options.against !== undefined && tellAgainst(summary, output)
  const isIncomplete = tellLeft({ run, folder }, results, left)
  return isSlower || isIncomplete ? 1 : 0
}

/** Says what has no figure. @returns whether a run without it has not answered its question */
function tellLeft(
  { run, folder }: Pick<OpenRun, 'run' | 'folder'>,
  results: readonly TrialResult[],
  left: readonly Trial[],
): boolean {
  if (left.length === 0) return false
  const missing = withoutFigures(run, results, left)
  // What a neighbour disturbed has worked, and that is all that it asks.
  if (run.profile === 'smoke' && missing.length === 0) return false
  const count = `${left.length} of ${run.plan.length} trials were rejected; report.md gives the reasons`
  const isError = missing.length > 0
  console.error(isError ? `error: ${count}; no figure for ${missing.join(', ')}` : `note: ${count}`)
  const again = upcomingTrials(run, results, results.length).length
  console.error(
    again > 0
      ? `  measure ${again} of them again with: npm run bench -- --resume ${here(folder)}`
      : '  this run has used up its repeats: what rejects them has to be found, and a new run measured',
  )
  return isError
}

/** A share of the CPU that a request takes. */
const FAIL_ABOVE = 0.05

/** @returns whether one of the two commits is slower by more than is allowed */
function tellAgainst(
  summary: Summary,
  { markdown: isMarkdown = false, failAbove = FAIL_ABOVE }: Pick<BenchOptions, 'markdown' | 'failAbove'>,
): boolean {
  const { markdown, failure } = againstOf(summary.upgrades, failAbove)
  if (isMarkdown) console.log(markdown)
  if (failure) console.error(`error: ${failure}`)
  return failure !== null
}

/**
 * Arms without a valid trial, or with a failed one: without them a run has not answered its question. A trial that a
 * gate rejected on a disturbed machine only widens an interval. A smoke run asks for no figure: there only what failed counts.
 */
function withoutFigures(
  { profile }: Pick<Run, 'profile'>,
  results: readonly TrialResult[],
  left: readonly Trial[],
): string[] {
  const measured = new Set(results.filter(({ ok }) => ok).map(({ trial }) => trial.arm.id))
  const open = new Set(left.map(({ id }) => id))
  const faulty = new Set(
    results
      .filter(isBroken)
      .filter(({ trial }) => open.has(trial.id))
      .map(({ trial }) => trial.arm.id),
  )
  const arms = [...new Set(left.map(({ arm }) => arm.id))]
  return arms.filter((id) => (profile !== 'smoke' && !measured.has(id)) || faulty.has(id))
}
