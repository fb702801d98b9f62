/** The points of the load at which the arms of a generation take turns. Pure. */
import type { Arm, Point } from '../../record/types.ts'

export type TurnsLoad = Extract<Arm['load'], { loop: 'turns' }>

/** What is asked of an arm: all rates with each amount of handler work, the closed loop, and nothing at all. */
export function pointsOf({ ratesPerSec, handlerUs, idleSec, closed }: TurnsLoad): Point[] {
  const open = handlerUs.flatMap((us) => ratesPerSec.map((perSec) => ({ perSec, handlerUs: us })))
  const byLoad = open.sort((a, b) => busyOf(a) - busyOf(b))
  const idle = idleSec > 0 ? [{ perSec: 0, handlerUs: 0 }] : []
  return [...idle, ...byLoad, ...(closed ? [{ perSec: null, handlerUs: 0 }] : [])]
}

/** What a request takes beside its handler, µs; only the order of points depends on it. */
const ROUGHLY_US = 200
const busyOf = ({ perSec, handlerUs }: { perSec: number; handlerUs: number }) =>
  perSec * (handlerUs + ROUGHLY_US)
