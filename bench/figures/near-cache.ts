/** What a cache in the replica answers without asking Redis. */
import type { Measurement } from '../record/types.ts'

/**
 * Share of the reads that were answered from the near cache, by what Redis was asked: each of the others asks how long the
 * session lives, by one PTTL, and nothing else in a load of reads does. Only of schemes with such a cache; null where
 * Redis was not asked for its counts.
 */
export function hitShare({ redisCommandsPerRequest }: Measurement): number | null {
  return redisCommandsPerRequest && Math.max(0, 1 - (redisCommandsPerRequest.pttl ?? 0))
}
