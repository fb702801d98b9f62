/** Which turns a generation takes when its passes are over and there is time left: those that make figures surer. Pure. */
import { THE_TWO } from '../../experiments/roles.ts'
import { type ArmTurns, everydayOf, isIdle, isSamePoint, turnsByArm } from '../../figures/turns.ts'
import type { Point, Trial, TrialResult } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import { shuffled } from '../../stats/seeded.ts'
import { mean } from '../../stats/sums.ts'
import { ARMS_BESIDE_CONTROL, type Place } from './order.ts'

/** What one arm adds at one point, and how unsure it is. */
export interface Cell extends Place {
  /** Proportional to what the half-width of its interval is expected to be, as a share of what it should be at most. */
  need: number
  turns: number
}

/** What a tax should be known to: that of the two where services run, and all others. */
const GOALS = { answer: 0.05, other: 0.15 }

/** A tax that is less than this share of the control is as well known if its interval is as narrow as one of this size. */
const LEAST_TAX = 0.25

/**
 * Turns are about as noisy, as a share of what they measure, at all points. So the expected half-width follows from what an
 * arm and the control take there, what lies between them, and the number of turns; it does not depend on how widely the turns
 * of this arm happened to scatter. To ask for more where they did would leave those short that scattered little by luck.
 *
 * @param trials of the generation, of which the one at index `control` is what the others are compared with
 * @param results all that is on record, with what the generation has measured so far
 * @returns the open-loop points at which an arm has turns and is not too busy, without those of the control's twin
 */
export function cellsOf(
  trials: readonly Trial[],
  control: number,
  points: readonly Point[],
  results: readonly TrialResult[],
): Cell[] {
  const arms = turnsByArm(results)
  const base = looksAt(arms.get(trials[control]?.arm.id ?? ''), points)
  const found = trials.flatMap(({ arm: { id, scheme, load, twin } }, arm) => {
    // It tells what equal arms differ by, and passes do for that.
    if (twin) return []
    const mostBusy = load.loop === 'turns' ? load.mostBusy : 1
    return looksAt(arms.get(id), points).flatMap((own, point) => {
      const [beside, at] = [base[point], points[point]]
      if (arm === control || !own || !beside || !at || own.busy > mostBusy) return []
      const noise = Math.hypot(own.us, beside.us)
      const size = Math.max(Math.abs(own.us - beside.us), LEAST_TAX * beside.us)
      return [{ arm, point, at, scheme, width: noise / size / Math.sqrt(own.turns), turns: own.turns }]
    })
  })
  const byArm = groupedBy(found, ({ arm }) => arm)
  const everyday = everydayOf(
    [...byArm.values()].map((own) => own.map(({ at, turns }) => ({ ...at, turns })).sort(byRate)),
  )
  return found.map(({ arm, point, at, scheme, width, turns }) => {
    const isAnswer = everyday !== null && isSamePoint(at, everyday) && THE_TWO.some((one) => one === scheme)
    return { arm, point, turns, need: width / (isAnswer ? GOALS.answer : GOALS.other) }
  })
}

const byRate = (a: Point, b: Point) => (a.perSec ?? 0) - (b.perSec ?? 0)

interface LookAt {
  us: number
  busy: number
  turns: number
}

/** By index of the point; null where the arm has no turn of the open loop. */
function looksAt(arm: ArmTurns | undefined, points: readonly Point[]): (LookAt | null)[] {
  return points.map((point) => {
    if (!arm || point.perSec === null || isIdle(point)) return null
    const own = arm.turns.filter((turn) => isSamePoint(turn.point, point))
    if (own.length === 0) return null
    return {
      us: mean(own.map(({ totalUs }) => totalUs)),
      busy: mean(own.map(({ busy }) => busy)),
      turns: own.length,
    }
  })
}

/**
 * Handful after handful: the control and the arms that are least sure at the point where any is least sure. Each turn counts
 * as taken before the next handful is chosen.
 *
 * @returns empty without cells
 */
export function focusedHandfuls(
  cells: readonly Cell[],
  control: number,
  handfuls: number,
  seed: number,
): Place[][] {
  if (cells.length === 0) return []
  const left = cells.map((cell) => ({ ...cell }))
  return Array.from({ length: handfuls }, (_, i) => {
    left.sort((a, b) => b.need - a.need)
    const point = left[0]?.point ?? 0
    const chosen = left.filter((cell) => cell.point === point).slice(0, ARMS_BESIDE_CONTROL)
    for (const cell of chosen) cell.need *= Math.sqrt(cell.turns / ++cell.turns)
    return shuffled([control, ...chosen.map(({ arm }) => arm)], seed + i).map((arm) => ({ arm, point }))
  })
}
