/** How much remembered state a scheme takes: which size is tried next, and what is not worth measuring. Pure. */
import type { Arm, Measurement, Trial, TrialResult } from '../record/types.ts'

type Search = NonNullable<Arm['largestState']>

export type StateLimit = NonNullable<Measurement['stateLimit']>

/** One size that was tried; `refusal` is what it was answered, null where all was well. */
export interface Tried {
  bytes: number
  refusal: string | null
}

/**
 * The next size by bisection, or null at the end. The largest comes first, for most schemes take it. A scheme that
 * takes a size is supposed to take every smaller one, and to take no state at all, as in every other experiment.
 */
export function nextSize({ upToBytes, withinBytes }: Search, tried: readonly Tried[]): number | null {
  if (tried.length === 0) return upToBytes
  const { acceptedBytes, refusedBytes } = stateLimit(tried)
  if (refusedBytes === null || refusedBytes - acceptedBytes <= withinBytes) return null
  return Math.floor((acceptedBytes + refusedBytes) / 2)
}

export function stateLimit(tried: readonly Tried[]): StateLimit {
  const refused = tried.filter(({ refusal }) => refusal !== null).sort((a, b) => a.bytes - b.bytes)[0]
  const accepted = tried.filter(({ refusal }) => refusal === null).map(({ bytes }) => bytes)
  return {
    acceptedBytes: Math.max(0, ...accepted),
    refusedBytes: refused?.bytes ?? null,
    refusal: refused?.refusal ?? null,
    tried: tried.length,
  }
}

/**
 * Tells the trials that ask a scheme to remember more than it was seen to take earlier in the same experiment: that
 * they fail is known, and a failure of each would say no more. A search that a gate rejected has its answer as well.
 */
export function tooLarge(results: readonly TrialResult[]): (trial: Trial) => boolean {
  const found = results.flatMap(({ trial, measurement }) =>
    measurement?.stateLimit ? [{ arm: trial.arm, limit: measurement.stateLimit }] : [],
  )
  return ({ arm }) =>
    found.some(
      ({ arm: searched, limit }) =>
        searched.experiment === arm.experiment &&
        searched.scheme === arm.scheme &&
        limit.refusedBytes !== null &&
        (arm.settings.stateBytes ?? 0) > limit.acceptedBytes,
    )
}
