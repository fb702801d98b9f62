/** Executes a plan: trial after trial, or those that share a fleet together; results are on disk before the next begin. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { predict } from '../experiments/index.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { writeRun } from '../record/run-dir.ts'
import type { Trial, TrialResult } from '../record/types.ts'
import type { OpenRun } from './open-run.ts'
import { duration, outcome, runSteps, type Step, secondsLeft, soFar } from './progress.ts'
import { runTogether } from './trial.ts'
import { nextTogether, upcomingTrials } from './trial-order.ts'

/** Rejects with Interrupted when `signal` stopped it; everything that was finished is on disk by then. */
export async function execute(
  open: OpenRun,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  signal: AbortSignal,
  { quiet = false } = {},
): Promise<void> {
  const { run, log } = open
  const isLive = process.stdout.isTTY && !quiet
  const results = [...log.results]
  const earlier = results.length
  const conditions = { fleet, rules: run.rules, seed: run.seed, signal }
  const started = performance.now()
  const finished: Trial[] = []
  let last = ''

  const step = (experiment: string, title: string): Step => ({
    title,
    async run(say) {
      for (;;) {
        const upcoming = upcomingTrials(run, results, earlier)
        const [trial] = upcoming
        if (trial?.arm.experiment !== experiment) return
        const together = nextTogether(upcoming)
        const left = secondsLeft(finished, upcoming, (performance.now() - started) / 1_000)
        const total = finished.length + upcoming.length
        const place = (done: number) => `[${done}/${total}, ${duration(left)} left]`
        if (isLive) {
          const running = `${place(finished.length + 1)} running ${together.map(({ id }) => id).join(', ')}`
          say([running, last, soFar(results, experiment, run.rules.slo)].filter(Boolean).join('\n'))
        }
        if (together.some(({ arm }) => arm.heldOut)) await freeze(open, results)
        const records = await runTogether(together, traits[trial.arm.scheme as SchemeName], conditions)
        for (const record of records) {
          await log.append(record)
          results.push(record)
          finished.push(record.trial)
          last = `${record.trial.id}: ${outcome(record, run.rules.slo)}`
          if (!isLive) say(`${place(finished.length)} ${last}`)
        }
      }
    },
  })
  const upcoming = upcomingTrials(run, results, earlier)
  const names = [...new Set(upcoming.map(({ arm }) => arm.experiment))]
  const steps = names.map((name) => {
    const trials = upcoming.filter(({ arm }) => arm.experiment === name).length
    return step(name, `${name}: ${trials} trials`)
  })
  await runSteps(steps, { quiet })
}

/** What the laws say of the arms held out is on disk before the first of their trials begins. */
async function freeze({ run, folder }: OpenRun, results: readonly TrialResult[]): Promise<void> {
  const added = predict(run, results, new Date().toISOString())
  if (added.length === 0) return
  run.predictions.push(...added)
  await writeRun(folder, run)
}
