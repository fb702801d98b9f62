/** Executes a plan: trial after trial, or those that share a fleet together; results are on disk before the next begin. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { answerSoFar, taxesSoFar } from '../experiments/cost/answer.ts'
import { predict } from '../experiments/index.ts'
import { upgradesSoFar } from '../experiments/upgrades/answer.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { writeRun } from '../record/run-dir.ts'
import type { Trial, TrialResult } from '../record/types.ts'
import { counted } from '../words/format.ts'
import type { OpenRun } from './open-run.ts'
import { displayOn, duration, outcome, secondsLeft, soFar } from './progress.ts'
import { runTogether } from './trial.ts'
import { nextTogether, upcomingTrials } from './trial-order.ts'

/**
 * Rejects with Interrupted when `signal` stopped it; everything that was finished is on disk by then.
 *
 * @param quiet says nothing of what came out
 * @param verbose a line for each trial that stays
 */
export async function execute(
  open: OpenRun,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  signal: AbortSignal,
  { quiet, verbose }: { quiet: boolean; verbose: boolean },
): Promise<void> {
  const { run, log } = open
  const { rules, seed } = run
  const display = displayOn(quiet ? process.stderr : process.stdout)
  const results = [...log.results]
  const earlier = results.length
  const started = performance.now()
  const finished: Trial[] = []
  let before: Trial | undefined
  try {
    for (;;) {
      const upcoming = upcomingTrials(run, results, earlier)
      const [trial] = upcoming
      const experiment = trial?.arm.experiment
      const isOther = before?.arm.experiment !== experiment
      // At the end the report says it all.
      if (!trial) return
      // Each pass narrows what stands there. In a file the first is kept, and what the experiment ended with.
      const isNews = isOther || before?.block !== trial.block
      if (!quiet && before && isNews && (display.isLive || isOther || before.block === 0))
        display.stand(
          before.arm.load.loop === 'turns'
            ? answerSoFar(run, results) || upgradesSoFar(run, results)
            : soFar(results, before.arm.experiment, rules.slo, '  '),
        )
      const trials = upcoming.filter(({ arm }) => arm.experiment === experiment).length
      if (isOther) display.say(`${experiment}: ${counted(trials, 'trial')}`)
      const together = nextTogether(upcoming, run.plan, fleet.together?.most ?? 1)
      // A control that goes along once more is not among what is left.
      const total = finished.length + new Set([...together, ...upcoming]).size
      const place = (done: number, left: readonly Trial[]) => {
        const sec = secondsLeft(finished, left, (performance.now() - started) / 1_000)
        return `[${done}/${total}, ${duration(sec)} left]`
      }
      const names = together.map(({ id }) => id).join(', ')
      if (!quiet && display.isLive) display.show(`${place(finished.length + 1, upcoming)} running ${names}`)
      if (together.some(({ arm }) => arm.heldOut)) await freeze(open, results)
      const passed = (records: readonly TrialResult[], passes: number) => {
        if (quiet || !display.isLive) return
        const taxes = taxesSoFar(run, [...results, ...records])
        const known = taxes === '' ? '' : `, so far ${taxes}`
        display.show(`${place(finished.length + 1, upcoming)} pass ${passes + 1}${known}`)
      }
      const conditions = { fleet, rules, seed, signal, passed, earlier: results }
      const records = await runTogether(together, traits[trial.arm.scheme as SchemeName], conditions)
      const done = finished.length
      // All of them took the time since the last: with a part of them it would pass for what that part takes.
      finished.push(...records.map((record) => record.trial))
      const left = upcoming.filter((one) => !together.includes(one))
      for (const [i, record] of records.entries()) {
        await log.append(record)
        results.push(record)
        const became = `${record.trial.id}: ${outcome(record, rules.slo)}`
        const line = `${place(done + i + 1, left)} ${became}`
        if (verbose || !record.ok) display.say(line)
        else display.show(line)
      }
      before = trial
    }
  } finally {
    display.clear()
  }
}

/** What the laws say of the arms held out is on disk before the first of their trials begins. */
async function freeze({ run, folder }: OpenRun, results: readonly TrialResult[]): Promise<void> {
  const added = predict(run, results, new Date().toISOString())
  if (added.length === 0) return
  run.predictions.push(...added)
  await writeRun(folder, run)
}
