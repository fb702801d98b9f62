/** Executes a plan: trial after trial, each result on disk before the next begins. */
import type { OpenRun } from './open-run.ts'
import { duration, outcome, runSteps, type Step, secondsLeft } from './progress.ts'
import { runTrial } from './trial.ts'
import type { Fleet, SchemeName, Traits, Trial, TrialResult } from './types.ts'

/** Trials that still need a result; a rejected one is measured again when a run is resumed. */
export function pendingTrials(plan: readonly Trial[], earlier: readonly TrialResult[]): Trial[] {
  const done = new Set(earlier.filter(({ ok }) => ok).map(({ trial }) => trial.id))
  return plan.filter(({ id }) => !done.has(id))
}

/** Rejects with Interrupted when `signal` stopped it; everything that was finished is on disk by then. */
export async function execute(
  { run, log }: OpenRun,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<void> {
  const pending = pendingTrials(run.plan, log.results)
  const started = performance.now()
  let finished = 0

  const step = (title: string, trials: readonly Trial[]): Step => ({
    title,
    async run(say) {
      for (const trial of trials) {
        const elapsedSec = (performance.now() - started) / 1_000
        const left = secondsLeft(pending.slice(0, finished), pending.slice(finished), elapsedSec)
        const place = `[${finished + 1}/${pending.length}, ${duration(left)} left] ${trial.id}`
        if (process.stdout.isTTY) say(place)
        const result = await runTrial(trial, traits[trial.arm.scheme as SchemeName], fleet, signal)
        await log.append(result)
        finished += 1
        say(`${place}: ${outcome(result)}`)
      }
    },
  })
  const names = [...new Set(pending.map(({ arm }) => arm.experiment))]
  await runSteps(
    names.map((name) => {
      const trials = pending.filter(({ arm }) => arm.experiment === name)
      return step(`${name}: ${trials.length} trials`, trials)
    }),
  )
}
