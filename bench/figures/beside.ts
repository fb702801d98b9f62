/** The one home of what two arms differ by at a point of the load: turn beside turn, with an interval. */
import type { Point } from '../record/types.ts'
import { type ClusteredMean, clusteredMean, type Known } from '../stats/clustered.ts'
import type { Variance } from '../stats/moderated.ts'
import { mean } from '../stats/sums.ts'
import type { TurnNoise } from './turn-noise.ts'
import { besideEach, isSamePoint, type TurnFigures } from './turns.ts'

/** Standard errors of an effect that four looks in five see: 1.96 + 0.84 (Cohen 1988). */
export const SEEN_FOUR_TIMES_IN_FIVE = 2.8

interface Sides {
  own: readonly TurnFigures[]
  base: readonly TurnFigures[]
}

/** CPU µs that a request of `own` takes beyond one of `base`; null for too few turns. */
export function differenceAt(point: Point, sides: Sides, noise: TurnNoise | null): ClusteredMean | null {
  const { own, base } = at(point, sides)
  return clusteredMean(
    besideEach(own.turns, base.turns, (a, b) => a.totalUs - b.totalUs),
    scaled(noise, own.mean ** 2 + base.mean ** 2),
  )
}

/** The same as a ratio. */
export function ratioAt(point: Point, sides: Sides, noise: TurnNoise | null): ClusteredMean | null {
  const { own, base } = at(point, sides)
  return clusteredMean(
    besideEach(own.turns, base.turns, (a, b) => a.totalUs / b.totalUs),
    scaled(noise, 2 * (own.mean / base.mean) ** 2),
  )
}

/** From shares of CPU a request to what is compared. @param squares of what stands beside each other, each by its weight */
export function scaled(noise: TurnNoise | null, squares: number): Known {
  const of = (one: Variance | null = null) => one && { ...one, variance: one.variance * squares }
  return { between: of(noise?.habit), within: of(noise?.turn) }
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
