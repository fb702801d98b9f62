/** The noise of comparisons by turns, told from all arms and points of a run: each of them by itself has few turns. */
import { spreadWithin } from '../stats/clustered.ts'
import { usualVariance, type Variance } from '../stats/moderated.ts'
import { mean, sum } from '../stats/sums.ts'
import { habitOf } from './habit.ts'
import { type ArmTurns, besideEach, byPoint, byRound, isIdle, isSamePoint } from './turns.ts'

export interface TurnNoise {
  /** What processes of one arm differ by, as a share of CPU a request; null where no arm has two generations. */
  habit: Variance | null
  /** What turns of one process usually differ by beside those of another, as a share of the two's CPU a request. */
  turn: Variance | null
}

/** By the round of the turns. */
export type NoiseByRound = ReadonlyMap<string, TurnNoise>

/**
 * Processes of which four take turns for half a minute differ by another amount than those of eighteen that take two each, and
 * are as warm as these have time for. Told together, the one would widen the other's intervals.
 */
export function noiseByRound(control: ArmTurns, others: readonly ArmTurns[]): NoiseByRound {
  const of = (one: ArmTurns, round: string): ArmTurns => ({
    ...one,
    turns: one.turns.filter((turn) => turn.round === round),
  })
  return new Map(
    [...byRound(control.turns).keys()].map((round) => {
      const there = others.map((one) => of(one, round)).filter(({ turns }) => turns.length > 0)
      return [round, turnNoiseOf(of(control, round), there)]
    }),
  )
}

/**
 * Turns are about as noisy, as a share of what they measure, at all points of a run, and eight of them tell of their own noise
 * to within a third. The more alike the comparisons of a run are, the more each takes from what is usual there.
 *
 * All arms are compared with the same turns of the control. Of A arms whose differences correlate by one half, variances are
 * worth 4 ÷ (A + 3) of what they would be worth apart, as in `habitOf`.
 */
function turnNoiseOf(control: ArmTurns, others: readonly ArmTurns[]): TurnNoise {
  const seen = others.flatMap(({ turns }) =>
    [...byPoint(turns.filter(({ point }) => !isIdle(point))).values()].flatMap((own) => {
      const [first] = own
      const base = first ? control.turns.filter(({ point }) => isSamePoint(point, first.point)) : []
      const spread = spreadWithin(besideEach(own, base, (a, b) => a.totalUs - b.totalUs))
      if (!spread) return []
      const squares =
        mean(own.map(({ totalUs }) => totalUs)) ** 2 + mean(base.map(({ totalUs }) => totalUs)) ** 2
      return [{ ...spread, variance: spread.variance / squares }]
    }),
  )
  const most = (4 * sum(seen.map(({ degrees }) => degrees))) / (others.length + 3)
  return { habit: habitOf(control, others), turn: usualVariance(seen, most) }
}
