/** How long answers of the two take at p99, by the planner: on replicas that are half busy, with the reader's handlers and his Redis. */
import type { Evidence } from '../plan/evidence.ts'
import { plan } from '../plan/plan.ts'
import type { PlanRequest } from '../plan/request.ts'
import { milliseconds, ranged } from '../plan/text.ts'
import { code } from '../words/format.ts'
import { HALF } from './decision.ts'
import type { ServiceLoad } from './load.ts'

/** Null where a p99 was not measured of both, or cannot be told with what was asked. */
export function waitingText(
  evidence: readonly Evidence[],
  load: ServiceLoad,
  name: (scheme: string) => string = code,
): string | null {
  const told = load.schemes.flatMap((scheme) => {
    const own = evidence.find((one) => one.scheme === scheme)
    const made = own && plan(own, requestFor(load))
    return made?.refused === null && made.p99Ms
      ? [`${ranged(made.p99Ms, milliseconds)} ms with ${name(scheme)}`]
      : []
  })
  return told.length < load.schemes.length ? null : `99 of 100 answers take at most ${told.join(', and ')}.`
}

/** Of as many users as requests: what they remember takes none of the time. */
function requestFor({ perSec, handlerUs, redisRttMs }: ServiceLoad): PlanRequest {
  return {
    ...{ rps: perSec, users: Math.ceil(perSec), p99Ms: null, headroom: HALF, survive: 0, zones: 1 },
    ...{ deploy: 'at-once', replicaCores: 1, handlerUs, redisRttMs },
    ...{ loginsPerSec: 0, sessionTtlSec: 3_600, tokenTtlSec: 300, stateBytes: null, prices: null },
  }
}
