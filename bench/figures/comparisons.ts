/** What is said of arms against each other: the run's own error, the one home of the auth tax, what a setting is worth. */
import { mean, sampleStandardDeviation } from 'simple-statistics'
import type { Estimate, Warning } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { holm } from '../stats/holm.ts'
import {
  type ByBlock,
  detected,
  differences,
  type Evidence,
  evidenceOfDifferences,
  evidenceOfRatios,
  MIN_BLOCKS_TO_DETECT,
  medianPerBlock,
  ownError,
  ratios,
  subtracted,
} from '../stats/paired.ts'
import { estimate, metrics, servingCpuUs } from './metrics.ts'
import { type ArmRecords, byBlock, isControl, sameCell } from './records.ts'
import type { CoreSummary } from './schema.ts'

export type Comparison = NonNullable<CoreSummary['arms'][number]['authTaxUs']>
type Comparisons = Pick<CoreSummary['arms'][number], 'authTaxUs' | 'throughputVsControl'>
type Versus = NonNullable<CoreSummary['arms'][number]['versus']>
type OwnErrors = CoreSummary['aa']

/** Of several equal arms together one number a block: the mean of two controls is less noisy than either. */
export function together(bases: readonly ByBlock[]): ByBlock {
  return medianPerBlock(bases.flatMap((base) => [...base]))
}

/** What `of` takes beyond `bases` together in the same block, in the unit of both; of CPU this is the auth tax. */
export function addedTo(bases: readonly ByBlock[], of: ByBlock): ByBlock {
  return subtracted(of, together(bases))
}

/** Warnings that make a throughput the instrument's ceiling and not a figure of the scheme. */
const INSTRUMENT: readonly Warning[] = ['generator-saturated', 'proxy-saturated']

/** The first of `warnings` that says the generator or the proxy was the bottleneck. */
export function instrumentLimit(warnings: readonly Warning[]): Warning | null {
  return INSTRUMENT.find((warning) => warnings.includes(warning)) ?? null
}

const throughput = (records: ArmRecords) => byBlock(records, metrics.throughputPerSec.of)
const cpu = (records: ArmRecords) => byBlock(records, servingCpuUs)

/**
 * Second control against first control within blocks, and how much equal trials vary at all; from an experiment
 * that measures nothing else if there is one, else from the first place that has both. Null without.
 */
export function ownErrors(all: readonly ArmRecords[]): OwnErrors {
  const twins = all.filter(({ arm }) => arm.twin)
  const isAa = (one: ArmRecords) =>
    all.every((other) => other.arm.experiment !== one.arm.experiment || isControl(other.arm))
  for (const twin of [...twins.filter(isAa), ...twins.filter((one) => !isAa(one))]) {
    const first = all.find(({ arm }) => isControl(arm) && !arm.twin && sameCell(arm, twin.arm))
    const errors = first && ownErrorsOf(first, twin)
    if (errors) return errors
  }
  return null
}

function ownErrorsOf(first: ArmRecords, twin: ArmRecords): OwnErrors {
  const context = { warnings: union([twin, first]) }
  const ratio = (of: typeof cpu) => estimate(ratios(of(twin), of(first)), 'ratio', context)
  const [throughputRatio, cpuRatio] = [ratio(throughput), ratio(cpu)]
  const cpuDifferenceUs = estimate(differences(cpu(twin), cpu(first)), 'µs/request', context)
  if (!throughputRatio || !cpuRatio || !cpuDifferenceUs) return null
  /** Coefficient of variation. */
  const variation = (of: typeof cpu) => {
    const values = [...of(first).values(), ...of(twin).values()]
    return sampleStandardDeviation(values) / mean(values)
  }
  return {
    ...{ throughputRatio, cpuRatio, cpuDifferenceUs },
    cpuVariation: variation(cpu),
    throughputVariation: variation(throughput),
  }
}

/**
 * Each arm against the control, by arm id: the CPU µs a request that the scheme adds, and its throughput as a
 * share. Null for controls, and where there is none to compare with. What is compared with the same controls is
 * one family: among ten schemes one always looks special.
 */
export function compareWithControl(
  all: readonly ArmRecords[],
  aa: OwnErrors,
): ReadonlyMap<string, Comparisons> {
  const cells = all.filter(({ arm }, i) => all.findIndex((other) => sameCell(arm, other.arm)) === i)
  return new Map(
    cells.flatMap((any) => {
      const cell = all.filter(({ arm }) => sameCell(arm, any.arm))
      const controls = cell.filter(({ arm }) => isControl(arm))
      const pairs = cell.map((of) => ({ of, bases: isControl(of.arm) ? [] : controls }))
      const [taxes, shares] = [judged(cpuDifference, pairs, aa), judged(throughputRatio, pairs, aa)]
      return cell.map(({ arm }, i): [string, Comparisons] => [
        arm.id,
        { authTaxUs: taxes[i] ?? null, throughputVsControl: shares[i] ?? null },
      ])
    }),
  )
}

/**
 * Each arm against the one that it names itself compared with, by arm id and within blocks: what a change of one
 * setting is worth. All such comparisons of an experiment are one family, whatever they are compared with: among
 * twenty knobs one always looks special.
 */
export function versus(all: readonly ArmRecords[], aa: OwnErrors): ReadonlyMap<string, Versus> {
  return new Map(
    [...groupedBy(all, ({ arm }) => arm.experiment).values()].flatMap((own) => {
      const pairs = own.flatMap((of) => {
        const { comparedWith } = of.arm
        if (comparedWith === null) return []
        return [{ of, comparedWith, bases: all.filter(({ arm }) => arm.id === comparedWith) }]
      })
      const throughputs = judged(throughputRatio, pairs, aa)
      const [cpus, differences] = [judged(cpuRatio, pairs, aa), judged(cpuDifference, pairs, aa)]
      return pairs.map(({ of, comparedWith }, i): [string, Versus] => [
        of.arm.id,
        {
          arm: comparedWith,
          throughputRatio: throughputs[i] ?? null,
          cpuRatio: cpus[i] ?? null,
          cpuDifferenceUs: differences[i] ?? null,
        },
      ])
    }),
  )
}

interface Pair {
  of: ArmRecords
  bases: readonly ArmRecords[]
}

/** One family of comparisons, each with what it is concluded to be. */
function judged(compare: typeof cpuRatio, pairs: readonly Pair[], aa: OwnErrors): (Comparison | null)[] {
  return inFamily(pairs.map(({ of, bases }) => compare(of, bases, aa))).map(concluded)
}

/** A comparison before anything is concluded from it. */
export interface Compared extends Evidence {
  estimate: Estimate
  /** What two equal arms would give. */
  neutral: number
  /** The run's own A/A error around it; null when that was not measured. */
  error: number | null
}

/** CPU µs a request of all serving tiers beyond what the bases take in the same block; null without a common block. */
function cpuDifference(of: ArmRecords, bases: readonly ArmRecords[], aa: OwnErrors): Compared | null {
  const values = [...addedTo(bases.map(cpu), cpu(of)).values()]
  const effect = estimate(values, 'µs/request', { warnings: union([of, ...bases]) })
  const error = aa && ownError(aa.cpuDifferenceUs, 0)
  return effect && { estimate: effect, neutral: 0, error, ...evidenceOfDifferences(values) }
}

/** CPU a request of all serving tiers as a share of what the bases take; null without a common block. */
function cpuRatio(of: ArmRecords, bases: readonly ArmRecords[], aa: OwnErrors): Compared | null {
  return ratioOf(cpu, of, bases, aa?.cpuRatio)
}

/**
 * Throughput as a share of the bases'. Null where the generator or the proxy held either side down, since the ratio
 * of two ceilings says nothing about schemes.
 */
function throughputRatio(of: ArmRecords, bases: readonly ArmRecords[], aa: OwnErrors): Compared | null {
  if (instrumentLimit(union([of, ...bases]))) return null
  return ratioOf(throughput, of, bases, aa?.throughputRatio)
}

function ratioOf(
  what: typeof cpu,
  of: ArmRecords,
  bases: readonly ArmRecords[],
  equalArms: Estimate | undefined,
): Compared | null {
  const values = ratios(what(of), together(bases.map(what)))
  const effect = estimate(values, 'ratio', { warnings: union([of, ...bases]) })
  const error = equalArms ? ownError(equalArms, 1) : null
  return effect && { estimate: effect, neutral: 1, error, ...evidenceOfRatios(values) }
}

/** The same comparisons with their p adjusted over all of them that have one. */
export function inFamily<T extends { p: number | null }>(family: readonly (T | null)[]): (T | null)[] {
  const tested = family.flatMap((one) => (one === null || one.p === null ? [] : [one.p]))
  const adjusted = holm(tested)
  let next = 0
  return family.map((one) =>
    one === null || one.p === null ? one : { ...one, p: adjusted[next++] as number },
  )
}

/** No effect below the own error is ever called seen, so none is called detectable either. */
export function concluded(compared: Compared | null | undefined): Comparison | null {
  if (!compared) return null
  const { estimate: effect, neutral, error, p, detectable } = compared
  return {
    estimate: effect,
    detected: detected({ ...effect, p }, neutral, error),
    p,
    detectable: detectable === null ? null : Math.max(detectable, error ?? 0),
  }
}

/** Why no comparison of a run counts as detected, as a sentence without its full stop. */
export function nothingDetected(aa: OwnErrors): string {
  if (!aa) return 'The control was not measured twice, so no difference can be called real'
  return aa.throughputRatio.n < MIN_BLOCKS_TO_DETECT
    ? 'Too few blocks to tell any scheme from the control'
    : 'No scheme could be told from the control'
}

export function union(records: readonly ArmRecords[]): Warning[] {
  return [...new Set(records.flatMap(({ warnings }) => warnings))]
}
