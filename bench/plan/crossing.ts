/** Two schemes side by side: the rate above which the other one is cheaper. */
import type { Evidence } from './evidence.ts'
import { expense, plan } from './plan.ts'
import type { PlanRequest } from './request.ts'

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
 * The last rate at which the cheaper scheme changes, within two decades of the rate asked for. Whole units make both
 * prices staircases, which cross many times; only past the last crossing is one of them always cheaper. Users grow with
 * the rate, as they do when a service does.
 *
 * @returns null when one of them is the cheaper one all along, or a plan was refused on the way
 */
export function crossing(a: Evidence, b: Evidence, request: PlanRequest): Crossing | null {
  let last: { rps: number; cheaper: Evidence } | undefined
  let found: Crossing | null = null
  for (let step = 0; step <= STEPS; step++) {
    const growth = FROM * (TO / FROM) ** (step / STEPS)
    const scaledRequest = { ...request, rps: request.rps * growth, users: Math.ceil(request.users * growth) }
    const [first, second] = [plan(a, scaledRequest), plan(b, scaledRequest)]
    if (first.refused !== null || second.refused !== null) return found
    const difference = expense(first, request) - expense(second, request)
    if (difference === 0) continue
    const cheaper = difference < 0 ? a : b
    if (last && last.cheaper !== cheaper) {
      found = { rps: scaledRequest.rps, cheaperBelow: last.cheaper.scheme, cheaperAbove: cheaper.scheme }
    }
    last = { rps: scaledRequest.rps, cheaper }
  }
  return found
}
