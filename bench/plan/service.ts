/** What the reader's own service makes of the evidence: the work of its handlers, and the way to its Redis. Pure. */
import { figure } from '../words/format.ts'
import type { Ladder } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { exactly, plus, type Range, scaled } from './range.ts'
import type { PlanRequest } from './request.ts'
import { type CostPoint, costAt } from './tier-cost.ts'
import { withWork } from './work.ts'

/** @returns why that cannot be said, with what measures it */
export function withService(
  evidence: Evidence,
  { handlerUs, redisRttMs }: Pick<PlanRequest, 'handlerUs' | 'redisRttMs'>,
): Evidence | string {
  const working = handlerUs > 0 ? withHandlers(evidence, handlerUs) : evidence
  return redisRttMs > 0 && evidence.redis ? withDistance(working, redisRttMs) : working
}

/**
 * A replica that also does this in each request. It takes what such work was seen to add, which is not the work alone: where
 * handlers keep a process awake, a session wakes it less often.
 */
function withHandlers(evidence: Evidence, handlerUs: number): Evidence {
  const { replica, ladder } = evidence
  const added = (perSec: number) => handlerUs * addedPerUs(evidence, perSec)
  const points = replica.points.map(({ perSec, us }): CostPoint => {
    return { perSec, us: plus(us, exactly(added(perSec))) }
  })
  const timesAt = (perSec: number) => 1 + added(perSec) / costAt(replica, perSec).value
  // Beyond what was measured it also takes the work: the marginal request has a handler as well.
  const marginal = replica.marginal && plus(replica.marginal, exactly(handlerUs))
  return { ...evidence, replica: { points, marginal }, ladder: withWork(ladder, replica, timesAt) }
}

/** CPU of a replica for each µs of handler work, between a half and one and a half; one where that was not measured. */
function addedPerUs({ handler, replica }: Evidence, perSec: number): number {
  if (!handler) return 1
  const { points, us } = handler
  const extra = costAt({ points, marginal: null }, perSec).value - costAt(replica, perSec).value
  return Math.min(1.5, Math.max(0.5, extra / us))
}

/** Each round trip that an answer waits for takes so much longer; what is under way at once does not wait for another. */
function withDistance(evidence: Evidence, redisRttMs: number): Evidence | string {
  const { scheme, roundTrips, ladder } = evidence
  if (roundTrips === null)
    return (
      `the run does not say how many round trips to Redis an answer of ${scheme} waits for: npm run bench -- --only ` +
      `cost,latency,users,rtt --schemes ${scheme} --trials 5 measures it, or leave out --redis-rtt-ms ${figure(redisRttMs)}`
    )
  return { ...evidence, ladder: delayed(ladder, scaled(roundTrips, 1_000 * redisRttMs)) }
}

function delayed(ladder: Ladder, byUs: Range): Ladder {
  const rungs = ladder.rungs.map((rung) => ({
    ...rung,
    p50Us: { ...rung.p50Us, ...plus(rung.p50Us, byUs) },
    p90Us: { ...rung.p90Us, ...plus(rung.p90Us, byUs) },
    p99Us: { ...rung.p99Us, ...plus(rung.p99Us, byUs) },
    p999Us: rung.p999Us && { ...rung.p999Us, ...plus(rung.p999Us, byUs) },
    meanUs: { ...rung.meanUs, ...plus(rung.meanUs, byUs) },
  }))
  return { ...ladder, rungs, capacityPerSec: null, capacityNote: 'not-measured' }
}
