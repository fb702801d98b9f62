/** How long after its acknowledgement a revocation may take, by what a scheme declares and its servers were told. Pure. */
import type { Settings } from '../types.ts'
import type { Bounds } from './check.ts'

/**
 * What a token is accepted for beyond its lifetime, so that replicas whose clocks stand on either side of a second
 * agree. The tests hold this and the defaults against the servers' own.
 */
export const CLOCK_TOLERANCE_SEC = 1
export const DEFAULTS = { ttlSec: 3_600, accessTtlSec: 300, nearCacheSec: 5, denylistCacheSec: 0 }

type Lifetimes = typeof DEFAULTS

type Traits = {
  revocation: 'immediate' | 'bounded' | 'at-expiry' | 'never'
  userWide?: 'immediate' | 'bounded' | 'cannot'
  boundedBy?: 'ACCESS_TTL_SEC' | 'NEAR_CACHE_SEC'
}

/** With the servers' settings as they are, where the arm has no others. */
export function boundsOf(traits: Traits, settings: Settings): Bounds {
  const lifetimes = lifetimesOf(settings)
  return {
    oneLoginMs: boundMs(traits.revocation, traits, lifetimes),
    userWideMs:
      !traits.userWide || traits.userWide === 'cannot' ? null : boundMs(traits.userWide, traits, lifetimes),
  }
}

function lifetimesOf(settings: Settings): Lifetimes {
  const { ttlSec, accessTtlSec, nearCacheSec, denylistCacheSec } = settings
  return {
    ttlSec: ttlSec ?? DEFAULTS.ttlSec,
    accessTtlSec: accessTtlSec ?? DEFAULTS.accessTtlSec,
    nearCacheSec: nearCacheSec ?? DEFAULTS.nearCacheSec,
    denylistCacheSec: denylistCacheSec ?? DEFAULTS.denylistCacheSec,
  }
}

/** Null: the credential never stops working. */
function boundMs(
  how: Traits['revocation'],
  { boundedBy }: Traits,
  { ttlSec, accessTtlSec, nearCacheSec, denylistCacheSec }: Lifetimes,
): number | null {
  switch (how) {
    case 'never':
      return null
    case 'immediate':
      return 1_000 * denylistCacheSec
    case 'at-expiry':
      return 1_000 * (ttlSec + CLOCK_TOLERANCE_SEC)
    case 'bounded':
      return 1_000 * (boundedBy === 'NEAR_CACHE_SEC' ? nearCacheSec : accessTtlSec + CLOCK_TOLERANCE_SEC)
  }
}
