/** Cost over load as comparisons between runs read it: a few numbers for each scheme and point, and no more. */
import type { Point } from '../../record/types.ts'
import type { Interval } from '../../stats/median-interval.ts'
import type { CostCurves } from '../curve-schema.ts'

/** Of a scheme at an arrival rate, in turns. CPU is that of the tiers that serve, in µs a request. */
export interface LoadFigure extends Point {
  scheme: string
  /** The second, identical control. */
  twin: boolean
  turns: number
  cpuUs: number
  /** Of it, what the replica takes. */
  replicaUs: number
  /** What the scheme adds to the control, and its CPU as a multiple of the control's; null for controls. */
  taxUs: Interval | null
  timesControl: Interval | null
}

/** The open loop alone: saturation is among the rows. */
export function loadFigures({ curves }: Pick<CostCurves, 'curves'>): LoadFigure[] {
  return curves.flatMap(({ scheme, twin, points }) =>
    points.flatMap(({ perSec, handlerUs, turns, cpuUs, tierUs, taxUs, timesControl }) =>
      perSec === null
        ? []
        : [
            {
              ...{ scheme, twin, perSec, handlerUs, turns },
              ...{ cpuUs: sixDigits(cpuUs.value), replicaUs: sixDigits(tierUs.replicas ?? 0) },
              taxUs: taxUs && ends(taxUs.estimate),
              timesControl: timesControl && ends(timesControl),
            },
          ],
    ),
  )
}

/** What a request takes with one scheme beyond another, in CPU µs, at each point of the open loop that both have. */
export interface PairFigures {
  more: string
  less: string
  points: (Point & { byUs: Interval })[]
}

export function pairFigures({ pairs }: Pick<CostCurves, 'pairs'>): PairFigures[] {
  return pairs.map(({ more, less, points }) => ({
    ...{ more, less },
    points: points.flatMap(({ perSec, handlerUs, byUs }) =>
      perSec === null ? [] : [{ perSec, handlerUs, byUs: ends(byUs) }],
    ),
  }))
}

const sixDigits = (value: number) => Number(value.toPrecision(6))

function ends({ value, lo, hi }: Interval): Interval {
  return { value: sixDigits(value), lo: sixDigits(lo), hi: sixDigits(hi) }
}
