/** How long after its acknowledgement a revocation may take, by what a scheme declares and its servers were told. Pure. */
import type { Traits } from '../../servers/scheme.ts'
import type { Settings } from '../record/types.ts'
import type { Bounds } from './check.ts'

/**
 * What a token is accepted for beyond its lifetime, so that replicas whose clocks stand on either side of a second
 * agree. The tests hold this and the defaults against the servers' own.
 */
export const CLOCK_TOLERANCE_SEC = 1
export const DEFAULTS = { ttlSec: 3_600, accessTtlSec: 300, nearCacheSec: 5, denylistCacheSec: 0 }

type Declared = Pick<Traits, 'revocation' | 'userWide' | 'boundedBy'>

/** Without any setting of an arm, as the servers are shipped. */
export function shippedBoundsOf(declared: Declared): Bounds {
  return boundsOf(declared, { accessTtlSec: DEFAULTS.accessTtlSec })
}

/** With the settings that servers under load have: no load renews an access token, so it lives as long as its login. */
export function boundsOf(declared: Declared, settings: Settings): Bounds {
  const { revocation, userWide } = declared
  return {
    oneLoginMs: boundMs(revocation, declared, settings),
    userWideMs: userWide === 'cannot' ? null : boundMs(userWide, declared, settings),
  }
}

/** Null: the credential never stops working. */
function boundMs(how: Traits['revocation'], { boundedBy }: Declared, settings: Settings): number | null {
  const seconds = (name: 'ttlSec' | 'nearCacheSec' | 'denylistCacheSec') => settings[name] ?? DEFAULTS[name]
  switch (how) {
    case 'never':
      return null
    case 'immediate':
      return 1_000 * seconds('denylistCacheSec')
    case 'at-expiry':
      return 1_000 * (seconds('ttlSec') + CLOCK_TOLERANCE_SEC)
    case 'bounded':
      if (boundedBy === 'NEAR_CACHE_SEC') return 1_000 * seconds('nearCacheSec')
      return 1_000 * ((settings.accessTtlSec ?? seconds('ttlSec')) + CLOCK_TOLERANCE_SEC)
  }
}
