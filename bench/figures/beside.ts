/** The one home of what two arms differ by at a point of the load: turn beside turn, with an interval. */
import type { Point } from '../record/types.ts'
import { type ClusteredMean, clusteredMean } from '../stats/clustered.ts'
import { mean } from '../stats/sums.ts'
import type { Habit } from './habit.ts'
import { besideEach, isSamePoint, type TurnFigures } from './turns.ts'

/** Standard errors of an effect that four looks in five see: 1.96 + 0.84 (Cohen 1988). */
export const SEEN_FOUR_TIMES_IN_FIVE = 2.8

interface Sides {
  own: readonly TurnFigures[]
  base: readonly TurnFigures[]
}

/** CPU µs that a request of `own` takes beyond one of `base`; null for too few turns. */
export function differenceAt(point: Point, sides: Sides, habit: Habit | null): ClusteredMean | null {
  const { own, base } = at(point, sides)
  const squares = own.mean ** 2 + base.mean ** 2
  return clusteredMean(
    besideEach(own.turns, base.turns, (a, b) => a.totalUs - b.totalUs),
    habit && { variance: habit.variance * squares, degrees: habit.degrees },
  )
}

/** The same as a ratio. */
export function ratioAt(point: Point, sides: Sides, habit: Habit | null): ClusteredMean | null {
  const { own, base } = at(point, sides)
  const square = (own.mean / base.mean) ** 2
  return clusteredMean(
    besideEach(own.turns, base.turns, (a, b) => a.totalUs / b.totalUs),
    habit && { variance: 2 * habit.variance * square, degrees: habit.degrees },
  )
}

function at(point: Point, { own, base }: Sides) {
  const side = (all: readonly TurnFigures[]) => {
    const turns = turnsAt(all, point)
    return { turns, mean: mean(turns.map(({ totalUs }) => totalUs)) }
  }
  return { own: side(own), base: side(base) }
}

export const turnsAt = (turns: readonly TurnFigures[], point: Point) =>
  turns.filter((turn) => isSamePoint(turn.point, point))
