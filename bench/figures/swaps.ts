/** Two schemes that change places: below a rate the one takes less CPU, above it the other. */
import { crossingOf } from '../stats/crossing.ts'
import { rising } from '../stats/groups.ts'
import { holm } from '../stats/holm.ts'
import type { CostCurves, CostPair } from './curve-schema.ts'

type Swap = CostCurves['swaps'][number]

/** What one takes beyond another at one rate. */
export interface Step {
  perSec: number
  byUs: number
  /** Whether that is told from zero. */
  isSure: boolean
}

const SIGNIFICANT = 0.05

/**
 * Of all pairs of schemes; the control is cheaper at any rate. Seventeen schemes make 136 pairs, each at several rates: by
 * intervals of 95 % alone some of them would change places in any run.
 */
export function swapsOf(pairs: readonly CostPair[]): Swap[] {
  const open = pairs.map(({ points, ...pair }) => ({
    ...pair,
    points: points.flatMap(({ perSec, ...point }) => (perSec === null ? [] : [{ ...point, perSec }])),
  }))
  const handlers = rising(open.flatMap(({ points }) => points.map(({ handlerUs }) => handlerUs)))
  return handlers.flatMap((handlerUs) => {
    const own = open.map((pair) => ({
      ...pair,
      points: pair.points.filter((point) => point.handlerUs === handlerUs),
    }))
    const adjusted = holm(own.flatMap(({ points }) => points.map(({ p }) => p)))
    let next = 0
    return own.flatMap(({ more, less, points }) => {
      const steps = points.map(
        ({ perSec, byUs }): Step => ({
          perSec,
          byUs: byUs.value,
          isSure: (adjusted[next++] ?? 1) < SIGNIFICANT,
        }),
      )
      const found = swapIn(steps)
      if (!found) return []
      const [below, above] = found.isFirstBelow ? [more, less] : [less, more]
      return [{ handlerUs, below, above, perSec: found.perSec }]
    })
  })
}

/** Null unless each of the two is seen to take less somewhere, and they change places once. @param steps by rising rate */
export function swapIn(steps: readonly Step[]): { isFirstBelow: boolean; perSec: Swap['perSec'] } | null {
  const sure = steps.flatMap(({ perSec, byUs, isSure }) =>
    isSure ? [{ perSec, sign: Math.sign(byUs) }] : [],
  )
  const changes = sure.filter(({ sign }, i) => i > 0 && sign !== sure[i - 1]?.sign)
  const [change] = changes
  const before = change && sure[sure.indexOf(change) - 1]
  if (!change || !before || changes.length > 1) return null
  const between = steps.filter(({ perSec }) => perSec >= before.perSec && perSec <= change.perSec)
  const value = crossingOf(between.map(({ perSec, byUs }) => [perSec, change.sign * byUs]))
  if (value === null) return null
  return { isFirstBelow: change.sign > 0, perSec: { value, lo: before.perSec, hi: change.perSec } }
}
