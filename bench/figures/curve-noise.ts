/** How noisy turns were, and what it helps to set them side by side. */

import type { Variance } from '../stats/moderated.ts'
import { median } from '../stats/quantiles.ts'
import { mean, sum } from '../stats/sums.ts'
import type { CostCurves } from './curve-schema.ts'
import { type ArmTurns, besideEach, byPoint, isIdle, type TurnFigures } from './turns.ts'

/** Null without two equal arms, or with too few turns of them. @param habit what processes differ by */
export function noiseOf(
  control: ArmTurns | undefined,
  twin: ArmTurns | undefined,
  habit: Variance | null,
): CostCurves['noise'] {
  if (!control || !twin) return null
  const points = [...byPoint(control.turns.filter(({ point }) => !isIdle(point))).values()]
  const logs = (of: (turn: TurnFigures) => number) =>
    points.map((own) => own.map((turn) => Math.log(of(turn))))
  const pairs = (of: (turn: TurnFigures) => number) => [
    ...byPointPairs(control, twin, (a, b) => Math.log(of(a) / of(b))),
  ]
  const hostSd = pooledSd(logs(({ totalUs }) => totalUs))
  const pairedSd = pooledSd(pairs(({ totalUs }) => totalUs))
  if (hostSd === null || pairedSd === null) return null
  const all = [...control.turns, ...twin.turns].filter(({ point }) => !isIdle(point))
  const pace = all.every(({ generatorUs }) => generatorUs) ? ownPace([control, twin]) : null
  return {
    hostSd,
    pairedSd,
    habitSd: habit && Math.sqrt(habit.variance),
    pacedSd: pace && pooledSd(pairs((turn) => turn.totalUs / (pace.get(turn) ?? 1))),
  }
}

function byPointPairs(a: ArmTurns, b: ArmTurns, of: (a: TurnFigures, b: TurnFigures) => number): number[][] {
  const own = [...byPoint(a.turns.filter(({ point }) => !isIdle(point))).values()]
  return own.map((turns) => besideEach(turns, b.turns, of).flat())
}

/**
 * What the sender took for a request in each turn, by what it takes for its arm at that point. Not by what it takes at all:
 * it takes less beside an arm that keeps the shared core busier, and dividing by it would add to that arm.
 */
function ownPace(arms: readonly ArmTurns[]): Map<TurnFigures, number> {
  const entries = arms.flatMap(({ turns }) =>
    [...byPoint(turns.filter(({ point }) => !isIdle(point))).values()].flatMap((own) => {
      const usual = median(own.map(({ generatorUs }) => generatorUs ?? 0))
      return own.map((turn) => [turn, (turn.generatorUs ?? 0) / usual] as const)
    }),
  )
  return new Map(entries)
}

/** Within groups; null where no group has two values. */
function pooledSd(groups: readonly (readonly number[])[]): number | null {
  const filled = groups.filter((values) => values.length > 1)
  const degrees = sum(filled.map((values) => values.length - 1))
  if (degrees === 0) return null
  const squares = filled.map((values) => {
    const middle = mean(values)
    return sum(values.map((one) => (one - middle) ** 2))
  })
  return Math.sqrt(sum(squares) / degrees)
}
