/** How many units keep a promise when some of them are gone: after a failure, in a lost zone, during a deploy. Pure. */
import { each, type Range } from './range.ts'
import type { PlanRequest } from './request.ts'

/** What a request says of units that may be gone. */
export type Spare = Pick<PlanRequest, 'survive' | 'zones' | 'deploy'>

/** Of a deploy that replaces unit by unit, as Kubernetes does by default (`maxUnavailable`), rounded down, but never none. */
const AWAY_IN_DEPLOY = 0.25

/** Where nobody asked: one unit may fail wherever there are two to carry the load. */
const SURVIVED = 1

/**
 * Units of `all` that are left in the worst case that is planned for: the largest zone, or as many units as were named, and
 * those that a deploy replaces meanwhile.
 *
 * @param needed units without which the load is not carried
 */
export function unitsLeft(all: number, needed: number, { survive, zones, deploy }: Spare): number {
  const failed = survive ?? (needed > 1 ? SURVIVED : 0)
  const zone = zones > 1 ? Math.ceil(all / zones) : 0
  const away = deploy === 'rolling' ? Math.max(1, Math.floor(AWAY_IN_DEPLOY * all)) : 0
  return all - Math.max(failed, zone) - away
}

/** The fewest of which `needed` are left. */
export function withSpare(needed: number, spare: Spare): number {
  let all = needed
  // One more unit leaves at most one more.
  for (let missing = 1; missing > 0; all += Math.max(0, missing))
    missing = needed - unitsLeft(all, needed, spare)
  return all
}

export const eachWithSpare = (needed: Range, spare: Spare): Range =>
  each((end) => withSpare(needed[end], spare))
