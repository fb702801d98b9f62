/** What a plan is asked for. */

export interface PlanRequest {
  /** Requests per second of all users together. */
  rps: number
  /** Logged in at the same time. */
  users: number
  /** Null: none is asked for, and sizes follow from CPU alone. */
  p99Ms: number | null
  /** Share of each tier that stays free, from 0 to below 1, also when what may be gone is gone. */
  headroom: number
  /** Units of each tier that may fail at once; null: one of two and more. */
  survive: number | null
  /** Over which the units are spread evenly, and of which one may be lost. */
  zones: number
  deploy: Deploy
  /** Cores of a replica; one of several is taken for as many processes, a part of one for a process under a quota. */
  replicaCores: number
  /** CPU µs that the handlers of the service take in each request. */
  handlerUs: number
  /** From a replica to Redis and back, beyond what was measured. */
  redisRttMs: number
  /** Of all users together. */
  loginsPerSec: number
  /** Until a session that nobody uses is let go. */
  sessionTtlSec: number
  /** Until an access token has to be renewed, by schemes that do. */
  tokenTtlSec: number
  /** Bytes of state that each login remembers; null: what the schemes remember by default. */
  stateBytes: number | null
  /** By the month. */
  prices: Prices | null
}

/** Whether units are replaced some at a time, or by as many new ones at once. */
export const DEPLOYS = ['at-once', 'rolling'] as const
export type Deploy = (typeof DEPLOYS)[number]

type Cores = Pick<PlanRequest, 'replicaCores'>

/** Of a replica, each with a core of its own or a part of one. */
export const processesOf = ({ replicaCores }: Cores): number => Math.max(1, replicaCores)

/** Of a core, that a process may use. */
export const coreShare = ({ replicaCores }: Cores): number => Math.min(1, replicaCores)

/** Users grow with the rate, as they do when a service does. */
export function grown(request: PlanRequest, factor: number): PlanRequest {
  return {
    ...request,
    rps: request.rps * factor,
    users: Math.ceil(request.users * factor),
    loginsPerSec: request.loginsPerSec * factor,
  }
}

/** In one currency. */
export interface Prices {
  replica: number
  /** A Redis primary. */
  redis: number
  proxyCore: number
  /** A gigabyte (10⁹ bytes) sent to clients. */
  egressGb: number
}
