/** CPU of a request over load, as plans take it: by tier, with handler work, and what of it is auth. Pure. */
import type { Curve } from '../figures/curve-schema.ts'
import type { ServingTier } from '../record/tiers.ts'
import type { Ladder } from './curve.ts'
import { exactly, larger, over, type Range, rangeOf, scaled } from './range.ts'
import type { CostPoint } from './tier-cost.ts'

/** Over all tiers that serve, in µs a request; `cpuUs` is all of it, the handler work included. */
export interface AuthCost {
  perSec: number
  handlerUs: number
  taxUs: Range
  cpuUs: number
}

/**
 * From turns without handler work, which have an interval, up to where a replica was too busy for them; beyond from the rates of the
 * ladder that were kept, with the interval that turns had last. Without turns from the ladder alone, as if it were exact. Where no
 * ladder was climbed, the closed loop stands at the end: it is what a request costs a replica that is full.
 */
export function costPoints(tier: ServingTier, curve: Curve | undefined, { rungs }: Ladder): CostPoint[] {
  const turns = (curve?.points ?? []).flatMap(({ perSec, handlerUs, tierUs, cpuUs }): CostPoint[] => {
    const us = tierUs[tier]
    if (perSec === null || perSec === 0 || handlerUs > 0 || us === undefined) return []
    // Nothing takes less than no time, however wide an interval is.
    return [{ perSec, us: larger(exactly(0), scaled(over(rangeOf(cpuUs), exactly(cpuUs.value)), us)) }]
  })
  const last = turns.at(-1)
  const known = last && last.us.value > 0 ? scaled(last.us, 1 / last.us.value) : exactly(1)
  const beyond = rungs
    .filter(({ arrivalsPerSec, metShare }) => arrivalsPerSec > (last?.perSec ?? 0) && metShare > 0)
    .toSorted((a, b) => a.arrivalsPerSec - b.arrivalsPerSec)
    .flatMap(({ arrivalsPerSec, throughputPerSec, utilization }): CostPoint[] => {
      const busy = utilization[tier]
      if (busy === null) return []
      return [{ perSec: arrivalsPerSec, us: scaled(known, (1e6 * busy) / throughputPerSec.value) }]
    })
  const full = rungs.length === 0 ? curve?.points.find(({ perSec }) => perSec === null) : undefined
  const ofFull = full?.tierUs.replicas ? 1e6 / full.tierUs.replicas : 0
  const closed =
    full && ofFull > (last?.perSec ?? 0)
      ? [{ perSec: ofFull, us: scaled(known, full.tierUs[tier] ?? 0) }]
      : []
  return [...turns, ...beyond, ...closed]
}

/** With the most handler work that was measured. */
export function handlerOf(curve: Curve | undefined): { us: number; points: CostPoint[] } | null {
  const us = Math.max(0, ...(curve?.points ?? []).map(({ handlerUs }) => handlerUs))
  if (us === 0) return null
  const points = (curve?.points ?? []).flatMap(({ perSec, handlerUs, tierUs }): CostPoint[] =>
    perSec !== null && handlerUs === us ? [{ perSec, us: exactly(tierUs.replicas ?? 0) }] : [],
  )
  return { us, points }
}

/** Without handler work and with the most of it that was measured. */
export function authOf(curve: Curve | undefined): AuthCost[] {
  return (curve?.points ?? []).flatMap(({ perSec, handlerUs, taxUs, cpuUs }) =>
    perSec !== null && perSec > 0 && taxUs
      ? [{ perSec, handlerUs, taxUs: rangeOf(taxUs.estimate), cpuUs: cpuUs.value }]
      : [],
  )
}
