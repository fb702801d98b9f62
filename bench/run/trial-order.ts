/** Which trial is measured next: block by block, what was rejected once more at its block's end. Pure. */
import { comparisonOf } from '../experiments/arms.ts'
import { isFirstControl } from '../figures/records.ts'
import { tooLarge } from '../figures/state-limit.ts'
import type { Rules, Run, Trial, TrialResult } from '../record/types.ts'
import { preciseEnough } from './stopping.ts'

/** A run that has its rules, as every new one does. */
export type PlannedRun = Run & { rules: Rules }

/** Trials that still need a result; a rejected one is measured again when a run is resumed. */
export function pendingTrials(plan: readonly Trial[], earlier: readonly TrialResult[]): Trial[] {
  const done = new Set(earlier.filter(({ ok }) => ok).map(({ trial }) => trial.id))
  return plan.filter(({ id }) => !done.has(id))
}

/**
 * The trials that are left if all of them succeed, the next one first; empty when there is nothing more to measure.
 *
 * A block is finished before the next one begins: first each of its trials once, then those that were rejected or
 * failed, at most `repeatsPerTrial` times each and within `repeatsShare` for the whole run, however often it is resumed:
 * otherwise a run could be resumed until it looks as its owner likes. A repeat stays in its block, since figures are compared
 * within blocks. An experiment whose intervals are narrow enough ends between two blocks. What a scheme was found to refuse is
 * not measured.
 *
 * @param results all on record, in the order in which they were measured
 * @param earlier how many of them are from before the run was resumed; a trial that a gate rejected then may be
 *   repeated as often again; one that failed starts afresh
 */
export function upcomingTrials(run: PlannedRun, results: readonly TrialResult[], earlier: number): Trial[] {
  const { plan, rules } = run
  // What failed before has no figure that anybody could have disliked, and its cause may be mended: it starts afresh.
  const judged = results.slice(0, earlier).filter((result) => result.ok || result.rejectedBy.length > 0)
  const before = countAttempts(judged)
  const attempts = countAttempts([...judged, ...results.slice(earlier)])
  const isNew = ({ id }: Trial) => !attempts.has(id)
  /** Since the run was resumed. */
  const repeatsOf = ({ id }: Trial) => (attempts.get(id) ?? 0) - (before.get(id) ?? 1)
  const repeated = [...attempts.values()].reduce((total, count) => total + count - 1, 0)
  let left = Math.max(0, Math.ceil(rules.repeatsShare * plan.length) - repeated)
  return openBlocks(run, results).flatMap((open) => {
    const again = open
      .filter((trial) => !isNew(trial) && repeatsOf(trial) < rules.repeatsPerTrial)
      .sort((a, b) => repeatsOf(a) - repeatsOf(b))
      .slice(0, left)
    left -= again.length
    return [...open.filter(isNew), ...again]
  })
}

/** Trials without a figure, also those for which no repeats are left; without those of experiments that ended early. */
export function withoutFigure(run: PlannedRun, results: readonly TrialResult[]): Trial[] {
  return openBlocks(run, results).flat()
}

/** Of each block that is to be measured or was begun, what has no figure yet. */
function openBlocks(run: PlannedRun, results: readonly TrialResult[]): Trial[][] {
  const isTooLarge = tooLarge(results)
  const pending = new Set(pendingTrials(run.plan, results).filter((trial) => !isTooLarge(trial)))
  const tried = new Set(results.map(({ trial }) => trial.id))
  const ended = new Map<string, boolean>()
  return blocks(run.plan).flatMap((block) => {
    const experiment = block[0]?.arm.experiment ?? ''
    const open = block.filter((trial) => pending.has(trial))
    if (open.length === 0) return []
    if (!block.some(({ id }) => tried.has(id))) {
      if (!ended.has(experiment)) ended.set(experiment, preciseEnough(run, results, experiment))
      if (ended.get(experiment)) return []
    }
    return [open]
  })
}

/** An arm and the control. */
const PAIR = 2

/** What a user has to know when not all arms that are compared can be up at once; null where they can. */
export function togetherNote(plan: readonly Trial[], most: number): string | null {
  const inTurns = plan.filter(({ arm }) => arm.load.loop === 'turns')
  const arms = Math.max(
    0,
    ...inTurns.map((trial) => inTurns.filter((other) => takesTurnsWith(other, trial)).length),
  )
  if (arms <= most) return null
  return most < PAIR
    ? 'cost: only one fleet can be up at a time here, so that arms do not take turns within a second but follow each other ' +
        'within a block: intervals hold what the machine did meanwhile, and are wide'
    : `cost: ${most} of ${arms} fleets can be up at once with the memory and the processes that are free: arms take turns in smaller groups, ` +
        'each with the control'
}

/**
 * The next trial, with those after it that work in shifts with it on one fleet: of the same block, and compared with the
 * same arm. Or with those that take turns with it; where it is measured once more, the control goes along, for its turns
 * mean nothing alone.
 *
 * @param most fleets that can be up at once
 */
export function nextTogether(
  upcoming: readonly Trial[],
  plan: readonly Trial[] = upcoming,
  most = Number.POSITIVE_INFINITY,
): Trial[] {
  const [next] = upcoming
  if (next?.arm.load.loop === 'turns') {
    if (most < PAIR) return [next]
    const together = upcoming.filter((other) => takesTurnsWith(other, next))
    const control = plan.find((other) => takesTurnsWith(other, next) && isFirstControl(other.arm))
    const isMissing = control && !together.some(({ id }) => id === control.id)
    return [...(isMissing ? [control] : []), ...together].slice(0, most)
  }
  if (next?.arm.fleet === undefined) return next ? [next] : []
  const { arm, block } = next
  const end = upcoming.findIndex(
    (other) =>
      other.block !== block || other.arm.fleet !== arm.fleet || comparisonOf(other.arm) !== comparisonOf(arm),
  )
  return upcoming.slice(0, end === -1 ? undefined : end)
}

const takesTurnsWith = ({ arm, block }: Trial, next: Trial) =>
  arm.load.loop === 'turns' && arm.experiment === next.arm.experiment && block === next.block

function countAttempts(results: readonly TrialResult[]): Map<string, number> {
  const attempts = new Map<string, number>()
  for (const { trial } of results) attempts.set(trial.id, (attempts.get(trial.id) ?? 0) + 1)
  return attempts
}

/** The plan cut where a block ends; an experiment may hold several rounds of blocks. */
function blocks(plan: readonly Trial[]): Trial[][] {
  const cut: Trial[][] = []
  for (const [i, trial] of plan.entries()) {
    const before = plan[i - 1]
    const same =
      before?.arm.experiment === trial.arm.experiment &&
      before.block === trial.block &&
      before.position < trial.position
    if (same) cut.at(-1)?.push(trial)
    else cut.push([trial])
  }
  return cut
}
