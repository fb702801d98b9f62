/** `npm run bench`: measures, and writes a run with its report. */

import type { Fleet, FleetOptions } from '../fleet/fleet.ts'
import { openLocalFleet } from '../fleet/local/local.ts'
import { merged, NO_VARIABLES } from '../fleet/processes/variables.ts'
import { openRemoteFleet } from '../fleet/remote.ts'
import { readRun, writeRun } from '../record/run-dir.ts'
import type { Trial, TrialResult } from '../record/types.ts'
import type { BenchOptions } from '../run/choices.ts'
import { newRun, type OpenRun, resumeRun } from '../run/open-run.ts'
import { execute } from '../run/run.ts'
import { Interrupted } from '../run/trial.ts'
import { upcomingTrials, withoutFigure } from '../run/trial-order.ts'
import { traits } from '../traits.ts'
import { catchSignals } from './interrupt.ts'
import { here, type OutputOptions, show, written } from './report.ts'

/** Measures, reports, and leaves nothing running. */
export async function bench(options: BenchOptions): Promise<void> {
  const interrupt = catchSignals()
  const { port, generators, json = false, verbose = false } = options
  const fleet = await openFleet({ port, generators, log: (line) => console.error(line) })
  try {
    const open = options.resume ? await resumeRun(options, fleet) : await newRun(options, traits, fleet)
    try {
      const tell = json ? console.error : console.log
      tell(`${open.run.plan.length} trials into ${here(open.folder)}`)
      for (const note of open.run.notes) tell(`note: ${note}`)
      await execute(open, traits, fleet, interrupt.signal, { quiet: json, verbose })
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
  output: OutputOptions,
): Promise<number> {
  if (interrupted === null) run.finishedAt = new Date().toISOString()
  await writeRun(folder, run)
  // Read back, so that `report` makes the same bytes later.
  const { run: stored, results } = await readRun(folder)
  const left = withoutFigure(run, results)
  if (results.length > 0) await show(folder, stored, await written(folder, stored, results), output)
  if (interrupted !== null) {
    const tell = output.json ? console.error : console.log
    tell(`stopped with ${run.plan.length - left.length} of ${run.plan.length} trials measured; go on with:`)
    tell(`  npm run bench -- --resume ${here(folder)}`)
    return interrupted
  }
  if (left.length === 0) return 0
  const missing = withoutFigures(results, left)
  const count = `${left.length} of ${run.plan.length} trials were rejected; report.md gives the reasons`
  const isError = missing.length > 0
  console.error(isError ? `error: ${count}; no figure for ${missing.join(', ')}` : `note: ${count}`)
  const again = upcomingTrials(run, results, results.length).length
  console.error(
    again > 0
      ? `  measure ${again} of them again with: npm run bench -- --resume ${here(folder)}`
      : '  this run has used up its repeats: what rejects them has to be found, and a new run measured',
  )
  return isError ? 1 : 0
}

/**
 * Arms without a valid trial, or with a failed one: without them a run has not answered its question. A trial that a
 * gate rejected on a disturbed machine only widens an interval.
 */
function withoutFigures(results: readonly TrialResult[], left: readonly Trial[]): string[] {
  const measured = new Set(results.filter(({ ok }) => ok).map(({ trial }) => trial.arm.id))
  const open = new Set(left.map(({ id }) => id))
  const failed = results.filter((result) => !result.ok && result.rejectedBy.length === 0)
  const faulty = new Set(failed.filter(({ trial }) => open.has(trial.id)).map(({ trial }) => trial.arm.id))
  const arms = [...new Set(left.map(({ arm }) => arm.id))]
  return arms.filter((id) => !measured.has(id) || faulty.has(id))
}
