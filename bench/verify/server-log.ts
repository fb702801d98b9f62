/** What the server of the proofs can be told to do, and what it tells of what it did. */

/** Everything is optional and off by default: each request is answered at once and with the right name. */
export interface Behaviour {
  /** Work of this length before each reply, by the clock. */
  burnUs?: number
  /** Replies leave exactly this long after their request came. */
  delayMs?: number
  /** One server with exponential service times and an endless queue; replies leave at the computed departures. */
  queue?: { meanServiceMs: number; seed: number }
  /** What becomes of every so manieth request that comes between two instants of the machine's clock. */
  fault?: { kind: 'fin' | 'rst' | 'hang'; every: number; fromUs: number; untilUs: number }
  /** From this instant on replies take so long; their latencies are then known from all others. */
  mark?: { fromUs: number; delayMs: number }
  /** One reply in this many names another user. */
  mixUpEvery?: number
}

/** The server's own account since the last time that it was asked. Times by the machine's monotonic clock. */
export interface ServerLog {
  /** When each request for a user was read. */
  arrivedUs: number[]
  /** From reading a request to writing its reply, in the order of the replies. */
  tookUs: number[]
  /** Replies that were marked by a delay. */
  marked: number
  /** Requests that met the fault. */
  faults: number
}

export type ServerMessage =
  | { type: 'behave'; behaviour: Behaviour }
  | { type: 'log' }
  /** Port 0 takes any. */
  | { type: 'listen'; port: number }
