/** Two arms at each point that both have: what a request takes with one beyond the other, and how many times as much. */
import type { Arm, Estimate, Point, Warning } from '../record/types.ts'
import { bisected } from '../stats/bisection.ts'
import { type ClusteredMean, clusteredMean, weightedTogether } from '../stats/clustered.ts'
import { holm } from '../stats/holm.ts'
import type { Interval } from '../stats/median-interval.ts'
import { mean } from '../stats/sums.ts'
import { differenceAt, scaled, turnsAt } from './beside.ts'
import type { CostCurves, CostPair, CurvePoint } from './curve-schema.ts'
import type { NoiseByRound } from './turn-noise.ts'
import { type ArmTurns, besideAll, byRound, pointKey } from './turns.ts'

/** An arm with the points at which its replica was not too busy. */
export type OnCurve = ArmTurns & { arm: Arm; points: readonly CurvePoint[] }

interface Context {
  /** What both add is what they take beyond it; without one nothing is said of that. */
  control: ArmTurns | undefined
  noise: NoiseByRound | null
  warnings: readonly Warning[]
  /** How many times as much is asked too, which takes most of the time. */
  hasTimes: boolean
}

/** Once in twenty runs the true ratio lies outside any interval of a pair at the rates with the same handler work. */
const MISSED = 0.05

export function pairOf(
  more: OnCurve,
  less: OnCurve,
  { control, noise, warnings, hasTimes }: Context,
): CostPair {
  const common = pointsOfBoth(more, less)
  const flagged = (of: Interval & { n: number }, unit: string): Estimate => {
    const { value, lo, hi, n } = of
    return { value, lo, hi, unit, n, warnings: [...warnings] }
  }
  const points = common.flatMap((point) => {
    const { perSec, handlerUs } = point
    const by = differenceAt(point, { own: more.turns, base: less.turns }, noise)
    if (!by) return []
    const p = MISSED / familyOf(point, common)
    const ratio = (zero?: ArmTurns) => {
      const found = timesAt(point, { of: more, base: less, zero }, { noise, p })
      return found && flagged(found, 'ratio')
    }
    const times = hasTimes ? { cpu: ratio(), tax: control ? ratio(control) : null } : null
    const { value, lo, hi } = by
    return [{ perSec, handlerUs, byUs: { value, lo, hi }, p: by.p, times }]
  })
  return { more: more.arm.scheme, less: less.arm.scheme, points }
}

/** How many rates are judged together with this one; saturation is a row of its own. */
function familyOf({ perSec, handlerUs }: Point, common: readonly Point[]): number {
  if (perSec === null) return 1
  return common.filter((other) => other.perSec !== null && other.handlerUs === handlerUs).length
}

const pointsOfBoth = (a: OnCurve, b: OnCurve) =>
  a.points.filter((point) => b.points.some((other) => pointKey(other) === pointKey(point)))

/** The second control beyond the first: where the two are told apart, turns at that point are not to be trusted. */
export function equalArms(
  twin: OnCurve | undefined,
  control: OnCurve | undefined,
  noise: NoiseByRound | null,
): CostCurves['equal'] {
  if (!twin || !control) return []
  const found = pointsOfBoth(twin, control).flatMap(({ perSec, handlerUs }) => {
    const by = differenceAt({ perSec, handlerUs }, { own: twin.turns, base: control.turns }, noise)
    return by ? [{ perSec, handlerUs, byUs: by.value, p: by.p }] : []
  })
  const adjusted = holm(found.map(({ p }) => p))
  return found.map((one, i) => ({ ...one, p: adjusted[i] ?? 1 }))
}

interface Three {
  of: ArmTurns
  base: ArmTurns
  /** What both are counted from; nothing is 0 µs. */
  zero: ArmTurns | undefined
}

/** Farther than any ratio that is worth printing. */
const FARTHEST = 1e4

/**
 * (of − zero) ÷ (base − zero) at a point, as the ratios r at which (of − zero) − r·(base − zero) may be nothing at the level
 * `p` (Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16, 1954). The three are set
 * side by side turn by turn, so that what both sides share, the control above all, is counted once and not as two noises.
 *
 * @returns null for too few turns, and where what the base adds is not told from nothing: any ratio may be the true one then
 */
function timesAt(
  point: Point,
  { of, base, zero }: Three,
  { noise, p }: { noise: NoiseByRound | null; p: number },
): (Interval & { n: number }) | null {
  const at = ({ turns }: ArmTurns) => turnsAt(turns, point)
  const others = [base, ...(zero ? [zero] : [])].map(at)
  const rounds = [...byRound(at(of))].map(([round, own]) => ({
    round,
    squares: [own, ...others].map((turns) => mean(turns.map(({ totalUs }) => totalUs)) ** 2),
    beside: besideAll(own, others, (turn, near) => [turn, ...near].map(({ totalUs }) => totalUs)),
  }))
  const combined = (weights: readonly number[]): ClusteredMean | null => {
    const twice = weights.map((weight) => weight ** 2)
    return weightedTogether(
      rounds.flatMap(({ round, squares, beside }) => {
        const values = beside.map((turns) => turns.map((us) => weighted(us, weights)))
        return clusteredMean(values, scaled(noise?.get(round), weighted(squares, twice))) ?? []
      }),
    )
  }
  const added = combined([0, 1, -1])
  if (!added || !isAbove(added, p)) return null
  const beyond = (ratio: number) => combined([1, -ratio, ratio - 1])
  const end = (isBelow: (one: ClusteredMean) => boolean) =>
    bisected(-FARTHEST, FARTHEST, (ratio) => {
      const left = beyond(ratio)
      return left !== null && isBelow(left)
    })
  return {
    value: end(({ value }) => value > 0),
    lo: end((left) => isAbove(left, p)),
    hi: end((left) => left.value > 0 || left.p >= p),
    n: added.n,
  }
}

const isAbove = (one: ClusteredMean, p: number) => one.value > 0 && one.p < p

/** Without a control there are two values and its weight counts for nothing. */
const weighted = (values: readonly number[], weights: readonly number[]) =>
  values.reduce((all, value, i) => all + value * (weights[i] ?? 0), 0)
