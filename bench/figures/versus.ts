/** Each arm against the one that it names itself compared with: what a change of one setting is worth. */
import {
  type Compared,
  type Comparison,
  concluded,
  cpuDifference,
  cpuRatio,
  inFamily,
  throughputRatio,
} from './comparisons.ts'
import type { ArmRecords } from './records.ts'
import type { CoreSummary } from './schema.ts'

type Versus = NonNullable<CoreSummary['arms'][number]['versus']>
type Compare = (of: ArmRecords, bases: readonly ArmRecords[], aa: CoreSummary['aa']) => Compared | null

/**
 * By arm id, for arms that name one; within blocks. All such comparisons of an experiment are one family, whatever
 * they are compared with: among twenty knobs one always looks special.
 */
export function versus(all: readonly ArmRecords[], aa: CoreSummary['aa']): ReadonlyMap<string, Versus> {
  const experiments = [...new Set(all.map(({ arm }) => arm.experiment))]
  return new Map(experiments.flatMap((experiment) => family(experiment, all, aa)))
}

function family(experiment: string, all: readonly ArmRecords[], aa: CoreSummary['aa']): [string, Versus][] {
  const pairs = all.flatMap((of) => {
    const { comparedWith } = of.arm
    if (comparedWith === null || of.arm.experiment !== experiment) return []
    return [{ of, comparedWith, bases: all.filter(({ arm }) => arm.id === comparedWith) }]
  })
  const judged = (compare: Compare): (Comparison | null)[] =>
    inFamily(pairs.map(({ of, bases }) => compare(of, bases, aa))).map(concluded)
  const [throughputs, cpus, differences] = [throughputRatio, cpuRatio, cpuDifference].map(judged)
  return pairs.map(({ of, comparedWith }, i) => [
    of.arm.id,
    {
      arm: comparedWith,
      throughputRatio: throughputs?.[i] ?? null,
      cpuRatio: cpus?.[i] ?? null,
      cpuDifferenceUs: differences?.[i] ?? null,
    },
  ])
}
