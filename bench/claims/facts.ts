/** Looks up what a claim needs in a run, and names the trials that it came from. */
import { isPoint } from '../experiments/replicas/summary.ts'
import { addedTo, type Comparison, union } from '../figures/comparisons.ts'
import { estimate, type MetricName, metrics, servingCpuUs } from '../figures/metrics.ts'
import { type ArmRecords, armsIn, byBlock, isControl, plannedBlock } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { type ByBlock, ownError, ratios } from '../stats/paired.ts'
import { code } from '../words/format.ts'
import type { Entry, Facts, Finding } from './claim.ts'
import type { OwnError } from './verdict.ts'

/** Nothing measured, nothing said. */
export function undecided(sentence: string): Finding {
  return { verdict: 'undecided', boundary: null, sentence, estimates: [], evidence: [] }
}

/** Counted, not estimated: what was seen is all that is said. */
export function seen(label: string, value: number, unit: string, n: number): Entry {
  return { label, estimate: { value, lo: value, hi: value, unit, n, warnings: [] } }
}

/** The finding of a claim that needs `schemes` in `experiment`, where one of them has no valid record; else null. */
export function notMeasured(facts: Facts, experiment: string, schemes: readonly string[]): Finding | null {
  const climbed = armsIn(facts.ladders, experiment).filter(({ climbs }) => climbs.length > 0)
  const measured = [...measuredSchemes(facts, experiment), ...climbed.map(({ arm }) => arm.scheme)]
  const missing = schemes.filter((name) => !measured.includes(name))
  if (missing.length === 0) return null
  const what = missing.length === schemes.length ? '' : ` of ${missing.map(code).join(', ')}`
  return undecided(`this run has nothing${what} from the experiment ${code(experiment)}`)
}

/** Schemes with a valid closed-loop record in the experiment. */
export function measuredSchemes({ arms }: Facts, experiment: string): string[] {
  const measured = armsIn(arms, experiment).filter((one) => one.measured.size > 0)
  return measured.map(({ arm }) => arm.scheme)
}

/** @throws RangeError when the arm was not measured: ask `notMeasured` first */
export function armOf({ arms }: Facts, experiment: string, name: string, replicas = 1): ArmRecords {
  const found = armsIn(arms, experiment).find(
    ({ arm, measured }) =>
      arm.scheme === name &&
      arm.replicas === replicas &&
      (experiment !== 'replicas' || isPoint(arm)) &&
      measured.size > 0,
  )
  if (!found) throw new RangeError(`${name} was not measured in ${experiment}`)
  return found
}

/** a ÷ b within blocks, with the warnings of every arm behind it; null without a block that has both. */
export function ratioOf(a: ByBlock, b: ByBlock, behind: readonly ArmRecords[]): Estimate | null {
  return estimate(ratios(a, b), 'ratio', { warnings: union(behind) })
}

/** A metric of the experiment `cost`, one scheme ÷ the other; null without a block that has both. */
export function costRatio(facts: Facts, name: string, base: string, metric: MetricName) {
  const [of, to] = [armOf(facts, 'cost', name), armOf(facts, 'cost', base)]
  const values = (one: ArmRecords) => byBlock(one, metrics[metric].of)
  const ratio = ratioOf(values(of), values(to), [of, to])
  return ratio && { ratio, of, to, evidence: trialsOf(facts, [of, to]) }
}

/** What one scheme adds to the control ÷ what the other adds, in the closed loop; null without a block that has all arms. */
export function taxRatio(facts: Facts, name: string, base: string): Estimate | null {
  const [of, to] = [armOf(facts, 'cost', name), armOf(facts, 'cost', base)]
  const controls = controlsIn(facts)
  const cpu = (one: ArmRecords) => byBlock(one, servingCpuUs)
  const tax = (one: ArmRecords) => addedTo(controls.map(cpu), cpu(one))
  return ratioOf(tax(of), tax(to), [...controls, of, to])
}

const controlsIn = ({ arms }: Facts) => armsIn(arms, 'cost').filter(({ arm }) => isControl(arm))

/** Ids of the valid trials of these schemes in the experiment `cost`, and of its controls. */
export const costTrials = (facts: Facts, names: readonly string[]): string[] =>
  trialsOf(facts, [...controlsIn(facts), ...names.map((name) => armOf(facts, 'cost', name))])

/**
 * Of a run that has nothing but the closed loop to judge by, as those from before 2026-11-29.
 *
 * @param what it found there
 * @param lacks what decides instead
 */
export const saturationAlone = (what: string | null, lacks = 'has no cost over load'): Finding =>
  undecided(
    `this run ${lacks}, and saturation, where no service runs, decides nothing${what ? `: there ${what}` : ''}`,
  )

/** The run's own error of a ratio; null when the control was not measured twice. */
export function ownRatioError({ summary }: Facts, figure: 'throughputRatio' | 'cpuRatio'): OwnError | null {
  return summary.aa && { neutral: 1, error: ownError(summary.aa[figure], 1) }
}

/** Ids of the valid trials of these arms. */
export function trialsOf(
  { run }: Facts,
  records: readonly (Pick<ArmRecords, 'arm'> & { measured: Pick<ReadonlySet<number>, 'keys'> })[],
): string[] {
  const blocks = new Map(
    records.map(({ arm, measured }) => [arm.id, new Set([...measured.keys()].map(plannedBlock))]),
  )
  return run.plan.filter(({ arm, block }) => blocks.get(arm.id)?.has(block)).map(({ id }) => id)
}

/** Ids of the valid trials of these schemes' ladders. */
export function laddersOf(facts: Facts, names: readonly string[]): string[] {
  const climbed = facts.ladders
    .filter(({ arm }) => names.includes(arm.scheme))
    .map(({ arm, climbs }) => ({ arm, measured: new Set(climbs.map(({ block }) => block)) }))
  return trialsOf(facts, climbed)
}

/** What a logged-in user of the scheme takes, as the summary has it. */
export const growthOf = ({ summary }: Facts, name: string) =>
  summary.memoryPerUser.find(({ scheme }) => scheme === name)

/** @param bytes of replicas and, where it could be read, of Redis */
export const growthEntries = (name: string, bytes: readonly Comparison[]): Entry[] =>
  bytes.map(({ estimate }, i) => ({
    label: `${i === 0 ? 'replica' : 'Redis'} bytes a user, ${name}`,
    estimate,
  }))

/** Ids of the valid trials behind `growthOf`. */
export function growthTrials(facts: Facts, names: readonly string[]): string[] {
  const levels = armsIn(facts.arms, 'users').filter(({ arm }) => names.includes(arm.scheme))
  return trialsOf(facts, levels)
}
