/** How long after its acknowledgement a revocation may take, by what a scheme declares and its servers were told. Pure. */
import type { Settings, Traits } from '../types.ts'
import type { Bounds } from './check.ts'

/**
 * What a token is accepted for beyond its lifetime, so that replicas whose clocks stand on either side of a second
 * agree; the tests hold it against the servers' own.
 */
export const CLOCK_TOLERANCE_SEC = 1

/** @throws RangeError when the bound rests on a setting that the arm does not name */
export function boundsOf({ revocation }: Traits, settings: Settings): Bounds {
  return { oneLoginMs: boundMs(revocation, settings), userWideMs: null }
}

function boundMs(revocation: Traits['revocation'], settings: Settings): number | null {
  if (revocation === 'never') return null
  if (revocation === 'immediate') return 1_000 * (settings.denylistCacheSec ?? 0)
  if (settings.ttlSec === undefined)
    throw new RangeError('a bound that is the lifetime of a login needs the setting ttlSec')
  return 1_000 * (settings.ttlSec + CLOCK_TOLERANCE_SEC)
}
