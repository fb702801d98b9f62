/** When an experiment has measured enough: a rule fixed before the run, and decided by widths alone. */
import { ROLES } from '../experiments/roles.ts'
import { capacityIn } from '../figures/ladders/capacity.ts'
import { climbsOf } from '../figures/ladders/climbs.ts'
import { redisGrowthBytes, replicaGrowthBytes, servingCpuUs } from '../figures/metrics.ts'
import { type ArmRecords, byBlock, recordsByArm } from '../figures/records.ts'
import { bytesPerUser } from '../figures/slopes.ts'
import { tooLarge } from '../figures/state-limit.ts'
import type { Measurement, Run, Slo, Trial, TrialResult } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { medianInterval } from '../stats/median-interval.ts'

/**
 * Whether `experiment` may end: after `rules.minBlocks` complete blocks, each arm's interval reaches no further to
 * either side, on average, than `rules.precision` of its value. Asked between blocks; false without such a rule.
 *
 * This is no peeking. Peeking stops when a difference looks real and so picks the lucky moments; this looks at how
 * wide intervals are, never at where they lie, and stops the same way whichever scheme is ahead (Chow & Robbins,
 * "On the asymptotic theory of fixed-width sequential confidence intervals for the mean", Annals of Mathematical
 * Statistics 36, 1965). What remains is that an interval of few blocks may be narrow by luck. The test measures
 * it: from five blocks on, intervals at the end of an experiment of eleven arms hold the truth in 94 to 95 % of
 * cases, those of a single arm in 92 to 94 %; from three blocks it would be 67 %.
 *
 * The figure is CPU a request, except where an experiment asks for something else: `users` for bytes a user,
 * `latency` for the capacity in each block. Arms whose planned trials have all been measured are not waited for.
 */
export function preciseEnough(run: Run, results: readonly TrialResult[], experiment: string): boolean {
  if (!run.rules || run.rules.precision === null) return false
  const { precision, minBlocks, slo } = run.rules
  const isTooLarge = tooLarge(results)
  const plan = run.plan.filter((trial) => trial.arm.experiment === experiment && !isTooLarge(trial))
  const tried = new Set(results.map(({ trial }) => trial.id))
  if (completeBlocks(plan, tried) < minBlocks) return false
  const open = new Set(plan.filter(({ id }) => !tried.has(id)).map(({ arm }) => arm.id))
  const arms = recordsByArm(run, results).filter(({ arm }) => open.has(arm.id))
  return figures(arms, results, slo, experiment).every((figure) => isPrecise(figure, precision))
}

/** Blocks with every trial tried; a trial that was rejected for good is not waited for. */
function completeBlocks(plan: readonly Trial[], tried: ReadonlySet<string>): number {
  const missing = new Set(plan.filter(({ id }) => !tried.has(id)).map(({ block }) => block))
  return new Set(plan.map(({ block }) => block).filter((block) => !missing.has(block))).size
}

/** One value a block, and the size that its precision is a share of, where that is not its own median. */
interface Figure {
  values: readonly number[]
  scale?: number
}

function isPrecise({ values, scale }: Figure, precision: number): boolean {
  if (values.length < 2) return false
  const { value, lo, hi } = medianInterval(values)
  return (hi - lo) / 2 <= precision * Math.abs(scale ?? value)
}

function figures(
  arms: readonly ArmRecords[],
  results: readonly TrialResult[],
  slo: Slo,
  experiment: string,
): Figure[] {
  if (experiment === ROLES.latency)
    return arms.map(({ arm }) => ({ values: capacities(arm.id, results, slo) }))
  if (experiment === ROLES.users) return statePerUser(arms)
  return arms.map((records) => ({ values: [...byBlock(records, servingCpuUs).values()] }))
}

/** Of the ladders that found one. */
function capacities(armId: string, results: readonly TrialResult[], slo: Slo): number[] {
  return climbsOf(armId, results).flatMap(({ rungs }) => capacityIn(rungs, slo).perSec ?? [])
}

/** Where a scheme keeps nothing no width is a small share of its value: all are held to the largest instead. */
function statePerUser(arms: readonly ArmRecords[]): Figure[] {
  const schemes = [...groupedBy(arms, ({ arm }) => arm.scheme).values()]
  const slopes = schemes.map((levels) => bytesPerUser(levels, stateBytes))
  const medians = slopes.flatMap((values) => (values.length > 0 ? medianInterval(values).value : []))
  return slopes.map((values) => ({ values, scale: Math.max(...medians) }))
}

/** Wherever it is kept. */
const stateBytes = (measurement: Measurement): number =>
  replicaGrowthBytes(measurement) + (redisGrowthBytes(measurement) ?? 0)
