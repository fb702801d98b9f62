/** A figure of cost over load at the rate and the handler work of a reader, which nobody measured: read between points that were. */
import type { Point } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { interpolated } from '../../stats/interpolated.ts'
import type { Interval } from '../../stats/median-interval.ts'

/** What one replica of a service gets, and the CPU µs that its own handlers take in each request. */
export interface Place {
  perSec: number
  handlerUs: number
}

/**
 * Over the logarithm of the rate and over handler work along straight lines; beyond the outermost points as there.
 *
 * @returns null where it was measured at no rate
 */
export function atPlace<T extends Point>(
  points: readonly T[],
  { perSec, handlerUs }: Place,
  of: (point: T) => Interval | null,
): Interval | null {
  const known = points.flatMap((point) => {
    const us = of(point)
    return us && point.perSec !== null && point.perSec > 0
      ? [{ perSec: point.perSec, handlerUs: point.handlerUs, us }]
      : []
  })
  const works = rising(known.map((point) => point.handlerUs))
  if (works.length === 0) return null
  const byWork = works.map((work) => {
    const own = known
      .filter((point) => point.handlerUs === work)
      .toSorted((a, b) => a.perSec - b.perSec)
      .map((point) => [point.perSec, point.us] as const)
    return [work, interpolated(own, perSec, 'log')] as const
  })
  return interpolated(byWork, handlerUs, 'linear')
}
