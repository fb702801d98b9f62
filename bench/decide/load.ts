/** What a reader says of the service for which he chooses. */
import { THE_TWO } from '../experiments/roles.ts'

export interface ServiceLoad {
  /** Requests per second of all users together. */
  perSec: number
  /** The two that are compared. */
  schemes: readonly [string, string]
  /** CPU µs that the service's own code takes in each request, auth aside. */
  handlerUs: number
  /** From a replica to Redis and back, beyond what was measured, in ms. */
  redisRttMs: number
}

/** For who says nothing: a service of some size, whose own code does as much as what was measured beside auth. */
export const USUAL = {
  perSec: 1_000,
  schemes: THE_TWO,
  handlerUs: 300,
  redisRttMs: 0,
} as const satisfies ServiceLoad
