/** The loads that plans are tried with, none of which was ever measured. Pure. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { RENEWING, THE_TWO } from '../../experiments/roles.ts'
import type { Evidence } from '../../plan/evidence.ts'
import { plan } from '../../plan/plan.ts'
import type { PlanRequest } from '../../plan/request.ts'
import { bisected } from '../../stats/bisection.ts'

export interface HeldOut {
  number: number
  scheme: SchemeName
  /** Of each replica: one where p99 counts, else a part of one, so that a fleet fits on two cores. */
  replicaCores: number
  headroom: number
  handlerUs: number
  /** Replicas that the load fills before they are rounded up to whole ones. */
  fills: number
  /** Requests for each login, and for each refresh; 0: there are none. */
  readsALogin: number
  readsARefresh: number
  survive: number
}

const [SESSION, TOKEN] = THE_TWO

type Row = [
  scheme: SchemeName,
  cores: number,
  headroom: number,
  handlerUs: number,
  fills: number,
  readsALogin?: number,
  readsARefresh?: number,
  survive?: number,
]

const ROWS: readonly Row[] = [
  [SESSION, 1, 0.4, 300, 0.8],
  [TOKEN, 1, 0.4, 500, 0.7],
  [SESSION, 0.25, 0.4, 500, 1.6],
  [TOKEN, 0.25, 0.4, 300, 2.4],
  [SESSION, 0.2, 0.5, 200, 2.7, 100],
  [TOKEN, 0.2, 0.3, 1_000, 3.3, 50],
  [SESSION, 0.15, 0.3, 500, 4.5],
  [TOKEN, 0.15, 0.4, 700, 5.6, 100],
  [RENEWING, 0.25, 0.4, 300, 1.5, 0, 20],
  [RENEWING, 0.2, 0.4, 0, 2.6, 100, 10],
  [SESSION, 0.25, 0.3, 150, 2.3, 0, 0, 1],
  [TOKEN, 0.15, 0.5, 0, 3.5],
]

export const HELD_OUT: readonly HeldOut[] = ROWS.map(
  (
    [scheme, replicaCores, headroom, handlerUs, fills, readsALogin = 0, readsARefresh = 0, survive = 0],
    i,
  ) => {
    return {
      number: i + 1,
      ...{ scheme, replicaCores, headroom, handlerUs, fills, readsALogin, readsARefresh, survive },
    }
  },
)

const USERS = 1_000
const P99_MS = 50
/** Far above what any row comes to. */
const MOST_PER_SEC = 20_000

const share = (count: number) => (count === 0 ? 0 : 1 / count)

function requestAt(held: HeldOut, rps: number): PlanRequest {
  const { replicaCores, headroom, handlerUs, survive } = held
  const refreshesPerSec = rps * share(held.readsARefresh)
  return {
    ...{ rps, users: USERS, headroom, replicaCores, handlerUs, survive },
    p99Ms: replicaCores < 1 ? null : P99_MS,
    ...{ zones: 1, deploy: 'at-once', redisRttMs: 0, stateBytes: null, prices: null },
    loginsPerSec: rps * share(held.readsALogin),
    // Those who are there are all that is stored, as in a test that takes seconds.
    sessionTtlSec: 1,
    tokenTtlSec: refreshesPerSec === 0 ? Number.MAX_SAFE_INTEGER : USERS / refreshesPerSec,
  }
}

/**
 * The load that fills so many replicas, of this machine: from the highest rate that whole ones carry towards that of one more.
 *
 * @returns why there is no plan at it
 */
export function requestOf(held: HeldOut, evidence: Evidence): PlanRequest | string {
  const few = plan(evidence, requestAt(held, 1))
  if (few.refused !== null) return few.refused
  const whole = Math.floor(held.fills)
  const reach = (replicas: number) =>
    bisected(0, MOST_PER_SEC, (rps) => {
      if (replicas === 0 || rps === 0) return false
      const made = plan(evidence, requestAt(held, rps))
      return made.refused === null && made.replicas.value <= replicas + held.survive
    })
  const [low, high] = [whole === 0 ? 0 : reach(whole), reach(whole + 1)]
  const request = requestAt(held, Number((low + (held.fills - whole) * (high - low)).toPrecision(2)))
  const made = plan(evidence, request)
  return made.refused ?? request
}
