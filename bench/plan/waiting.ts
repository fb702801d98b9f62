/**
 * What requests wait at the tiers that all replicas share. A plan's response times were measured on one replica, in
 * front of a Redis and a proxy that had little else to do; with the planned load of all replicas both are busier.
 */
import { meanResponseSec, type OpenQueue, responseQuantileSec } from '../stats/erlang.ts'
import { percent, responseTime } from '../words/format.ts'
import type { Evidence } from './evidence.ts'
import { each, type Range } from './range.ts'
import type { PlanRequest } from './request.ts'
import { busyAt, costAt, type TierCost } from './tier-cost.ts'

/** What is asked for all that it has is at its bound, give or take the last digits. */
const ROUNDING = 1e-9

/** One server of a tier: a Redis primary, a core of the proxy. */
export interface SharedServer {
  /** CPU of a request there, in µs. */
  demandUs: Range
  /** Its busy share at the planned load, and at what one replica sent when the response times were measured. */
  busy: number
  busyWhenMeasured: number
}

/**
 * @param busy share of each tier at the planned load
 * @param load requests per second of all replicas, and of one of their processes
 */
export function sharedServers(
  { redis, proxy }: Evidence,
  busy: { redis: number | null; proxy: number },
  { rps, perSec }: { rps: number; perSec: number },
): SharedServer[] {
  const server = (tier: TierCost, share: number): SharedServer => {
    return { demandUs: costAt(tier, rps), busy: share, busyWhenMeasured: busyAt(tier, perSec).value }
  }
  return [...(redis && busy.redis !== null ? [server(redis, busy.redis)] : []), server(proxy, busy.proxy)]
}

/**
 * How much longer they take there than they took when measured, in µs. Each server is a queue of its own with one
 * server (M/M/1: `stats/erlang.ts`), since keys and connections stay where they are: no primary and no thread of the
 * proxy takes over from another. Its busy share is what the plan makes it, and the same at each end of the interval.
 *
 * The mean is what a median grows by, to first order, when something short and independent is added. The p99 of a sum
 * is at most about the sum of the p99s, which is what is added to a p99: too much rather than too little.
 *
 * @returns infinite where a server has no time left
 */
export function addedUs(servers: readonly SharedServer[]): { p50: Range; p99: Range } {
  const summed = (responseSec: (queue: OpenQueue) => number) =>
    each((end) =>
      servers.reduce((sum, { demandUs, busy, busyWhenMeasured }) => {
        const serviceSec = demandUs[end] / 1e6
        if (serviceSec === 0 || busy <= busyWhenMeasured) return sum
        if (busy >= 1 - ROUNDING) return Number.POSITIVE_INFINITY
        const at = (share: number) =>
          responseSec({ arrivalsPerSec: share / serviceSec, serviceSec, servers: 1 })
        return sum + 1e6 * (at(busy) - at(busyWhenMeasured))
      }, 0),
    )
  return { p50: summed(meanResponseSec), p99: summed((queue) => responseQuantileSec(queue, 0.99)) }
}

/**
 * Why no plan keeps the p99 asked for, where a replica alone would keep it; else null.
 *
 * @param ownUs p99 of a replica
 * @param waitingUs what waiting adds to it
 */
export function tooLong(
  ownUs: number,
  waitingUs: number,
  { p99Ms, headroom }: { p99Ms: number } & Pick<PlanRequest, 'headroom'>,
): string | null {
  const limitUs = p99Ms * 1e3
  const isWaiting = ownUs <= limitUs * (1 + ROUNDING) && ownUs + waitingUs > limitUs * (1 + ROUNDING)
  if (Number.isFinite(waitingUs) && !isWaiting) return null
  const time = (us: number) => (Number.isFinite(us) ? `${responseTime(us)} ms` : 'time without end')
  return (
    `${time(waitingUs)} of waiting at Redis and the proxy, with ${percent(headroom)} kept free, would make p99 ` +
    `${time(ownUs + waitingUs)} instead of ${p99Ms} ms: leave more free with --headroom, or allow more with --p99`
  )
}
