/** In which order the arms of a generation take their turns, and which turns are left out. Pure. */
import { groupedBy } from '../../stats/groups.ts'
import { shuffled } from '../../stats/seeded.ts'
import { mean } from '../../stats/sums.ts'

/** One turn: which arm, at which point of the load. Both are indices. */
export interface Place {
  arm: number
  point: number
}

/**
 * Arms between two turns of the control. A shared host changes its speed within some 2 s, and four turns take about that
 * long: of more arms some would be compared with a control of another machine.
 */
export const ARMS_BESIDE_CONTROL = 3

/** Handfuls of a pass, in each of which the control has a turn. */
export const handfulsOf = (arms: number): number => Math.max(1, Math.ceil((arms - 1) / ARMS_BESIDE_CONTROL))

/**
 * Which of several sets of the control's processes stands beside a handful of arms: the one that rested for about as long as they
 * did. A process that has just had a turn was seen to take less CPU for a request than an equal one that had rested for
 * seconds, at times by a tenth: of one control beside all arms, every scheme would look that much dearer.
 *
 * @param order place of the turn to come
 * @param sets place of the last turn of each; -1 before the first
 * @param arms the same of the arms of the handful
 */
export function restedAlike(order: number, sets: readonly number[], arms: readonly number[]): number {
  const rested = (last: number) => order - last
  const wanted = arms.length === 0 ? order : mean(arms.map(rested))
  // By ratio: a set that has just had a turn is less like arms that rested for long than one that rested for longer still.
  const away = sets.map((last) => Math.abs(Math.log(rested(last) / wanted)))
  return away.indexOf(Math.min(...away))
}

/**
 * One pass: at each point all arms once, side by side, so that they meet the same machine; the control once in each handful
 * of them. Points and arms are shuffled anew, but for the first pass, which goes from the least load to the most: what a
 * replica can carry is not known yet.
 *
 * @param points in the order of their load
 * @param control index of the arm that the others are compared with
 * @returns handful after handful
 */
export function passOrder(
  pass: number,
  arms: number,
  points: number,
  control: number,
  seed: number,
): Place[][] {
  const others = Array.from({ length: arms }, (_, arm) => arm).filter((arm) => arm !== control)
  const all = Array.from({ length: points }, (_, point) => point)
  return (pass === 0 ? all : shuffled(all, seed)).flatMap((point) => {
    const order = shuffled(others, seed + 7_919 * (point + 1))
    const handfuls = handfulsOf(arms)
    return Array.from({ length: handfuls }, (_, i) =>
      shuffled(
        [control, ...order.filter((_, at) => at % handfuls === i)],
        seed + 104_729 * (point + 1) + i,
      ).map((arm) => ({ arm, point })),
    )
  })
}

/** What one turn told of how busy a replica was. */
export interface Look {
  perSec: number
  handlerUs: number
  busy: number
}

/** One look can fall into a slow moment of the host. To leave a point out by it would keep only the points' fast moments. */
const ENOUGH_LOOKS = 2
/** Unless it saw a replica that was all but full. */
const FULL = 0.95

/**
 * Whether a replica would be too busy at a point: there it was seen to be, or at a lower rate it was so busy that this one
 * must fill it. CPU a request falls with the rate, so that busy grows by less than the rate does: by two thirds of it where
 * it fell most. What counts is the mean of all looks at a rate.
 */
export function isTooBusy(
  at: { perSec: number; handlerUs: number },
  looks: readonly Look[],
  mostBusy: number,
): boolean {
  const known = looks.filter(({ perSec, handlerUs }) => handlerUs === at.handlerUs && perSec <= at.perSec)
  return [...groupedBy(known, ({ perSec }) => perSec)].some(([perSec, own]) => {
    const busy = mean(own.map((look) => look.busy))
    if (perSec === at.perSec) return busy > (own.length < ENOUGH_LOOKS ? FULL : mostBusy)
    const grown = 1 + (2 / 3) * (at.perSec / perSec - 1)
    return busy * grown > 1
  })
}
