/** Puts requests on a timeline by when they were due, and says what became of each. Pure. */
import type { Observed } from '../record/types.ts'
import { isAccepted, isRefused, type Operation } from './history.ts'

export type Bin = Extract<Observed, { kind: 'faults' }>['bins'][number]
type Outcome = Exclude<keyof Bin, 'fromMs' | 'due'>

/** A request whose user has a right to be served. */
export interface Due {
  dueMs: number
  operation: Operation
}

const UNAVAILABLE = 503

/**
 * Counted from when it was due, so that a client that is late itself, or waits for an earlier answer, hides nothing:
 * without that, a standstill would be seen by one request (coordinated omission).
 */
export function outcomeOf({ dueMs, operation }: Due, goodWithinMs: number): Outcome {
  const { end, status, endMs } = operation
  if (end !== 'answered') return end
  if (isAccepted(operation)) return endMs - dueMs <= goodWithinMs ? 'good' : 'slow'
  if (isRefused(operation)) return 'refused'
  return status === UNAVAILABLE ? 'unavailable' : 'failed'
}

interface Scale {
  /** Of the injection, by the clock of the requests. */
  zeroMs: number
  binMs: number
  goodWithinMs: number
}

/** One bin after the other from the first request to the last, empty ones too. Their `fromMs` are whole bins from 0. */
export function binned(requests: readonly Due[], { zeroMs, binMs, goodWithinMs }: Scale): Bin[] {
  const places = requests.map(({ dueMs }) => Math.floor((dueMs - zeroMs) / binMs))
  if (places.length === 0) return []
  const first = Math.min(...places)
  const count = Math.max(...places) - first + 1
  const bins = Array.from({ length: count }, (_, i): Bin => ({ fromMs: (first + i) * binMs, ...NONE }))
  for (const [i, request] of requests.entries()) {
    const bin = bins[(places[i] as number) - first] as Bin
    bin.due++
    bin[outcomeOf(request, goodWithinMs)]++
  }
  return bins
}

const NONE = { due: 0, good: 0, slow: 0, refused: 0, unavailable: 0, failed: 0, lost: 0, hang: 0 }

/** When the first request after the injection had come to a bad end, from the injection; null: none had. */
export function firstFailureMs(requests: readonly Due[], { zeroMs, goodWithinMs }: Scale): number | null {
  const ends = requests.flatMap((request) => {
    const { endMs } = request.operation
    return endMs >= zeroMs && outcomeOf(request, goodWithinMs) !== 'good' ? [endMs - zeroMs] : []
  })
  return ends.length === 0 ? null : Math.min(...ends)
}
