/** How long answers take at p99, by the planner: on replicas that are half busy, with the reader's own code and his Redis. */
import type { Evidence } from '../plan/evidence.ts'
import { plan } from '../plan/plan.ts'
import type { Range } from '../plan/range.ts'
import type { PlanRequest } from '../plan/request.ts'
import { HALF } from './decision.ts'
import type { ServiceLoad } from './load.ts'

/** In ms; null where no p99 was measured of the scheme, or none can be told with what was asked. */
export function waitingOf(evidence: readonly Evidence[], load: ServiceLoad, scheme: string): Range | null {
  const own = evidence.find((one) => one.scheme === scheme)
  const made = own && plan(own, requestFor(load))
  return made?.refused === null ? made.p99Ms : null
}

/** Of as many users as requests: what they remember takes none of the time. */
function requestFor({ perSec, handlerUs, redisRttMs }: ServiceLoad): PlanRequest {
  return {
    ...{ rps: perSec, users: Math.ceil(perSec), p99Ms: null, headroom: HALF, survive: 0, zones: 1 },
    ...{ deploy: 'at-once', replicaCores: 1, handlerUs, redisRttMs },
    ...{ loginsPerSec: 0, sessionTtlSec: 3_600, tokenTtlSec: 300, stateBytes: null, prices: null },
  }
}
