/** Schemes side by side: the rate above which another one is the cheapest. */
import type { Evidence } from './evidence.ts'
import { expenseOf } from './plan.ts'
import { grown, type PlanRequest } from './request.ts'

export interface Crossing {
  /** Requests per second. */
  rps: number
  cheaperBelow: string
  cheaperAbove: string
}

/** Looked at from 1 % to 100 times the load asked for, in steps of 2.3 %. */
const FROM = 0.01
const TO = 100
const STEPS = 400

/**
 * The last rate at which the cheapest scheme changes, within two decades of the rate asked for. Whole units make both
 * prices staircases, which cross many times; only past the last crossing is one of them always cheaper.
 *
 * @returns null when one of them is the cheapest all along, or a plan was refused on the way
 */
export function crossing(schemes: readonly Evidence[], request: PlanRequest): Crossing | null {
  let last: Evidence | undefined
  let found: Crossing | null = null
  for (let step = 0; step <= STEPS; step++) {
    const there = grown(request, FROM * (TO / FROM) ** (step / STEPS))
    const amounts = schemes.map((one) => expenseOf(one, there))
    if (amounts.includes(null)) return found
    const least = Math.min(...(amounts as number[]))
    const cheapest = schemes.filter((_, i) => amounts[i] === least)
    const [only] = cheapest
    if (!only || cheapest.length > 1) continue
    if (last && last !== only)
      found = { rps: there.rps, cheaperBelow: last.scheme, cheaperAbove: only.scheme }
    last = only
  }
  return found
}
