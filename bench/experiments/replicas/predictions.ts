/** What the laws say of arms that were held out, written down beforehand; and how far off they were. */
import { union } from '../../figures/comparisons.ts'
import { estimate } from '../../figures/metrics.ts'
import { type ArmRecords, recordsByArm } from '../../figures/records.ts'
import type { Prediction, Run, TrialResult } from '../../record/types.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { median } from '../../stats/quantiles.ts'
import { tightTier } from './scale-model.ts'
import type { Summary } from './schema.ts'
import { demandLaw, demandsByBlock, isKnown, sharedCores, speedups } from './summary.ts'

/**
 * Predictions for the arms held out that have none yet; none for little Redis where no Redis was full. They are multiples of what one replica shows in the same
 * block: the machine's own speed, which changes within minutes, is not what a law of scaling can know.
 */
export function predict(run: Run, results: readonly TrialResult[], frozenAt: string): Prediction[] {
  // One that was measured in part, before a run was interrupted, can no longer be predicted.
  const done = new Set([...run.predictions.map(({ arm }) => arm), ...results.map((one) => one.trial.arm.id)])
  const all = recordsByArm(run, results)
  return all
    .filter(({ arm }) => arm.heldOut && !done.has(arm.id))
    .flatMap(({ arm }) => {
      const own = all.filter((one) => one.arm.scheme === arm.scheme && one.arm.experiment === arm.experiment)
      const demands = [...demandsByBlock(own).values()].filter(
        ({ redisWasFull }) => redisWasFull || tightTier(arm) !== 'redis',
      )
      if (demands.length === 0) return []
      const basis = own
        .filter((other) => isKnown(other.arm))
        .flatMap((other) => [...other.measured.keys()].map((block) => `${other.arm.id}@${block}`))
      return {
        arm: arm.id,
        metric: 'throughputPerSec' as const,
        law: 'demand',
        // X(N) ÷ X(1) by the law in each block.
        ...medianInterval(
          demands.map((one) => demandLaw(one, arm.replicas, sharedCores(arm)) / one.onePerSec),
        ),
        relativeTo: arm.comparedWith,
        basis,
        frozenAt,
      }
    })
}

/** Each prediction beside what was measured then; empty for those that were not measured yet. */
export function predicted(run: Run, all: readonly ArmRecords[]): Summary['predictions'] {
  return run.predictions.flatMap(({ arm: id, law, relativeTo, value, lo, hi }) => {
    const many = all.find(({ arm }) => arm.id === id)
    const one = all.find(({ arm }) => arm.id === relativeTo)
    if (!many || !one) return []
    const measured = estimate([...speedups(many, one).values()], 'ratio', { warnings: union([many, one]) })
    if (!measured) return []
    const { scheme, replicas } = many.arm
    const error = measured.value / value - 1
    const tight = tightTier(many.arm)
    return [{ arm: id, scheme, replicas, tight, law, predicted: { value, lo, hi }, measured, error }]
  })
}

/** Foretold to serve less than this many times its replicas, a fleet shows whether the law knows what else is full. */
const BENT = 0.9

/** Whether the law says something else than that N replicas serve N times as much, which could not be wrong. */
export const isBent = ({ predicted, replicas }: Summary['predictions'][number]): boolean =>
  predicted.value < BENT * replicas

/** How far off they were where the law bends, as shares of what was predicted; null where it does nowhere. */
export function predictionErrors(predictions: Summary['predictions']) {
  const errors = predictions.filter(isBent).map(({ error }) => Math.abs(error))
  return errors.length === 0
    ? null
    : { count: errors.length, median: median(errors), worst: Math.max(...errors) }
}
