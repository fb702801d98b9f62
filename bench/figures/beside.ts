/** The one home of what two arms differ by at a point of the load: turn beside turn, with an interval. */
import type { Point } from '../record/types.ts'
import { type ClusteredMean, clusteredMean, type Known, weightedTogether } from '../stats/clustered.ts'
import type { Variance } from '../stats/moderated.ts'
import { mean } from '../stats/sums.ts'
import type { NoiseByRound, TurnNoise } from './turn-noise.ts'
import { besideEach, byRound, isSamePoint, type TurnFigures } from './turns.ts'

/** Standard errors of an effect that four looks in five see: 1.96 + 0.84 (Cohen 1988). */
export const SEEN_FOUR_TIMES_IN_FIVE = 2.8

interface Sides {
  own: readonly TurnFigures[]
  base: readonly TurnFigures[]
}

/** CPU µs that a request of `own` takes beyond one of `base`; null for too few turns. */
export function differenceAt(point: Point, sides: Sides, noise: NoiseByRound | null): ClusteredMean | null {
  return overRounds(turnsAt(sides.own, point), (own, round) => {
    const base = turnsAt(sides.base, point)
    return clusteredMean(
      besideEach(own, base, (a, b) => a.totalUs - b.totalUs),
      scaled(noise?.get(round), meanUs(own) ** 2 + meanUs(base) ** 2),
    )
  })
}

/** The same as a ratio. */
export function ratioAt(point: Point, sides: Sides, noise: NoiseByRound | null): ClusteredMean | null {
  return overRounds(turnsAt(sides.own, point), (own, round) => {
    const base = turnsAt(sides.base, point)
    return clusteredMean(
      besideEach(own, base, (a, b) => a.totalUs / b.totalUs),
      scaled(noise?.get(round), 2 * (meanUs(own) / meanUs(base)) ** 2),
    )
  })
}

const meanUs = (turns: readonly TurnFigures[]) => mean(turns.map(({ totalUs }) => totalUs))

/** What each round of turns says of it, put together by how exactly it does. */
function overRounds(
  own: readonly TurnFigures[],
  of: (own: readonly TurnFigures[], round: string) => ClusteredMean | null,
): ClusteredMean | null {
  return weightedTogether([...byRound(own)].flatMap(([round, turns]) => of(turns, round) ?? []))
}

/** From shares of CPU a request to what is compared. @param squares of what stands beside each other, each by its weight */
export function scaled(noise: TurnNoise | undefined, squares: number): Known {
  const of = (one: Variance | null = null) => one && { ...one, variance: one.variance * squares }
  return { between: of(noise?.habit), within: of(noise?.turn) }
}

export const turnsAt = (turns: readonly TurnFigures[], point: Point) =>
  turns.filter((turn) => isSamePoint(turn.point, point))
