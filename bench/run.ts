/** Executes a plan: trial after trial, each result on disk before the next begins. */

import { keepFleet } from './kept-fleet.ts'
import type { OpenRun } from './open-run.ts'
import type { Seeded } from './phases.ts'
import { duration, outcome, runSteps, type Step, secondsLeft } from './progress.ts'
import { predict } from './report/predictions.ts'
import { writeRun } from './store/run-dir.ts'
import { runTrial } from './trial.ts'
import { upcomingTrials } from './trial-order.ts'
import type { Fleet, SchemeName, Traits, Trial, TrialResult } from './types.ts'

/** Rejects with Interrupted when `signal` stopped it; everything that was finished is on disk by then. */
export async function execute(
  open: OpenRun,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<void> {
  const { run, log } = open
  const results = [...log.results]
  const earlier = results.length
  const kept = keepFleet<Seeded>()
  const conditions = { fleet, kept, rules: run.rules, seed: run.seed, signal }
  const started = performance.now()
  const finished: Trial[] = []

  const step = (experiment: string, title: string): Step => ({
    title,
    async run(say) {
      for (;;) {
        const upcoming = upcomingTrials(run, results, earlier)
        const [trial] = upcoming
        if (trial?.arm.experiment !== experiment) return
        const left = secondsLeft(finished, upcoming, (performance.now() - started) / 1_000)
        const place = `[${finished.length + 1}/${finished.length + upcoming.length}, ${duration(left)} left] ${trial.id}`
        if (process.stdout.isTTY) say(place)
        if (trial.arm.heldOut) await freeze(open, results)
        const result = await runTrial(trial, traits[trial.arm.scheme as SchemeName], conditions)
        await log.append(result)
        results.push(result)
        finished.push(trial)
        say(`${place}: ${outcome(result, run.rules.slo)}`)
      }
    },
  })
  const upcoming = upcomingTrials(run, results, earlier)
  const names = [...new Set(upcoming.map(({ arm }) => arm.experiment))]
  const steps = names.map((name) => {
    const trials = upcoming.filter(({ arm }) => arm.experiment === name).length
    return step(name, `${name}: ${trials} trials`)
  })
  try {
    await runSteps(steps)
  } finally {
    await kept.end()
  }
}

/** What the laws say of the arms held out is on disk before the first of their trials begins. */
async function freeze({ run, folder }: OpenRun, results: readonly TrialResult[]): Promise<void> {
  const added = predict(run, results, new Date().toISOString())
  if (added.length === 0) return
  run.predictions.push(...added)
  await writeRun(folder, run)
}
