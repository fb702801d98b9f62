/** Looks up what a claim needs in a run, and names the trials that it came from. */
import { isPoint } from '../experiments/replicas/summary.ts'
import type { MeasuredSummary } from '../experiments/reports.ts'
import { THE_TWO } from '../experiments/roles.ts'
import { addedTo } from '../figures/auth-tax.ts'
import { estimate, type MetricName, metrics } from '../figures/metrics.ts'
import { type ArmRecords, byBlock, isControl } from '../figures/records.ts'
import type { Estimate, Warning } from '../record/types.ts'
import { type ByBlock, ownError, ratios } from '../stats/paired.ts'
import type { Facts, Finding } from './claim.ts'
import type { OwnError } from './verdict.ts'

/** The schemes that most claims are about. */
export const [SESSION, TOKEN] = THE_TWO
export const MEMORY = 'session-memory'
export const DENYLIST = 'jwt-denylist'

/** Nothing measured, nothing said. */
export function undecided(sentence: string): Finding {
  return { verdict: 'undecided', boundary: null, sentence, estimates: [], evidence: [] }
}

/** The finding of a claim that needs `schemes` in `experiment`, where one of them has no valid record; else null. */
export function notMeasured(facts: Facts, experiment: string, schemes: readonly string[]): Finding | null {
  const measured = new Set([
    ...measuredSchemes(facts, experiment),
    ...facts.ladders
      .filter(({ arm, climbs }) => arm.experiment === experiment && climbs.length > 0)
      .map(({ arm }) => arm.scheme),
  ])
  const missing = schemes.filter((name) => !measured.has(name))
  if (missing.length === 0) return null
  const what = missing.length === schemes.length ? '' : ` of ${missing.map(code).join(', ')}`
  return undecided(`this run has nothing${what} from the experiment \`${experiment}\``)
}

/** A name as Markdown sets it. */
export const code = (name: string) => `\`${name}\``

/** @throws RangeError when the arm was not measured: ask `notMeasured` first */
export function armOf({ arms }: Facts, experiment: string, name: string, replicas = 1): ArmRecords {
  const found = arms.find(
    ({ arm, measured }) =>
      arm.experiment === experiment &&
      arm.scheme === name &&
      arm.replicas === replicas &&
      (experiment !== 'replicas' || isPoint(arm)) &&
      measured.size > 0,
  )
  if (!found) throw new RangeError(`${name} was not measured in ${experiment}`)
  return found
}

export const valuesOf = (records: ArmRecords, metric: MetricName): ByBlock =>
  byBlock(records, metrics[metric].of)

/** CPU µs a request that the scheme adds to the control, in each block: the values behind the summary's tax. */
export function taxes(facts: Facts, records: ArmRecords): ByBlock {
  const cpu = (one: ArmRecords) => valuesOf(one, 'cpuUsPerRequest.total')
  return addedTo(controlsOf(facts, records.arm.experiment).map(cpu), cpu(records))
}

/** Both controls of an experiment. */
export function controlsOf({ arms }: Facts, experiment: string): ArmRecords[] {
  return arms.filter(({ arm }) => arm.experiment === experiment && isControl(arm))
}

/** a ÷ b within blocks, with the warnings of every arm behind it; null without a block that has both. */
export function ratioOf(a: ByBlock, b: ByBlock, behind: readonly ArmRecords[]): Estimate | null {
  return estimate(ratios(a, b), 'ratio', { warnings: warningsOf(behind) })
}

function warningsOf(records: readonly ArmRecords[]): Warning[] {
  return [...new Set(records.flatMap(({ warnings }) => warnings))]
}

/** The run's own error of a ratio; null when the control was not measured twice. */
export function ownRatioError(
  { aa }: Facts['summary'],
  figure: 'throughputRatio' | 'cpuRatio',
): OwnError | null {
  return aa && { neutral: 1, error: ownError(aa[figure], 1) }
}

/** Ids of the valid trials of these arms. */
export function trialsOf({ run }: Facts, records: readonly ArmRecords[]): string[] {
  const blocks = new Map(records.map(({ arm, measured }) => [arm.id, measured]))
  return run.plan.filter(({ arm, block }) => blocks.get(arm.id)?.has(block)).map(({ id }) => id)
}

/** Ids of the valid trials of these schemes' ladders. */
export function laddersOf({ run, ladders }: Facts, names: readonly string[]): string[] {
  const climbed = ladders.filter(({ arm }) => names.includes(arm.scheme))
  return run.plan
    .filter(({ arm, block }) =>
      climbed.some(
        (ladder) => ladder.arm.id === arm.id && ladder.climbs.some((climb) => climb.block === block),
      ),
    )
    .map(({ id }) => id)
}

/** What a logged-in user of the scheme takes, as the summary has it. */
export function growthOf(
  { summary }: Facts,
  name: string,
): MeasuredSummary['memoryPerUser'][number] | undefined {
  return summary.memoryPerUser.find(({ scheme }) => scheme === name)
}

/** Ids of the valid trials behind `growthOf`. */
export function growthTrials(facts: Facts, names: readonly string[]): string[] {
  const levels = facts.arms.filter(({ arm }) => arm.experiment === 'users' && names.includes(arm.scheme))
  return trialsOf(facts, levels)
}

/** Schemes with a valid closed-loop record in the experiment. */
export function measuredSchemes({ arms }: Facts, experiment: string): string[] {
  return arms.flatMap(({ arm, measured }) =>
    arm.experiment === experiment && measured.size > 0 ? [arm.scheme] : [],
  )
}

/** The summary's entry of an arm with one replica. */
export function entryOf(
  { summary }: Facts,
  experiment: string,
  name: string,
): MeasuredSummary['arms'][number] | undefined {
  return summary.arms.find(
    ({ arm }) => arm.experiment === experiment && arm.scheme === name && arm.replicas === 1 && !arm.twin,
  )
}
