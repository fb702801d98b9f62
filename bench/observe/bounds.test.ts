/** Bounds follow from what a scheme declares and its servers' settings, whose defaults are the servers' own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../servers/config.ts'
import type { SchemeName } from '../../servers/scheme.ts'
import { makeKeys } from '../../servers/testing/servers.ts'
import { CLOCK_TOLERANCE_SEC as OF_SERVERS } from '../../servers/tokens/claims.ts'
import { loadEnv } from '../fleet/server-env.ts'
import type { Settings } from '../record/types.ts'
import { traits } from '../traits.ts'
import { boundsOf, CLOCK_TOLERANCE_SEC, DEFAULTS, shippedBoundsOf } from './bounds.ts'

test('what the servers have where nothing else is said', async () => {
  const config = readConfig({ SCHEME: 'none', KEYS: await makeKeys() }, ['none'])
  assert.deepEqual({ ...config, ...DEFAULTS }, config)
  assert.equal(CLOCK_TOLERANCE_SEC, OF_SERVERS)
})

test('what is declared to act at once has no time, all else that of its setting', () => {
  const bounds = (scheme: SchemeName, settings: Settings = {}) => boundsOf(traits[scheme], settings)
  const both = (ms: number) => ({ oneLoginMs: ms, userWideMs: ms })
  assert.deepEqual(bounds('session-redis-tuned'), both(0))
  assert.deepEqual(bounds('session-redis'), { oneLoginMs: 0, userWideMs: null }, 'it cannot')
  assert.deepEqual(bounds('jwt-denylist', { denylistCacheSec: 1 }), both(1_000))
  assert.deepEqual(bounds('session-redis-cached'), both(5_000))
  assert.deepEqual(bounds('session-redis-cached', { nearCacheSec: 2, accessTtlSec: 9 }), both(2_000))
  assert.deepEqual(shippedBoundsOf(traits['jwt-refresh']), both(301_000))
  assert.deepEqual(shippedBoundsOf(traits['jwt-hs256']), { oneLoginMs: 3_601_000, userWideMs: null })
  for (const settings of [{}, { ttlSec: 60 }])
    assert.deepEqual(
      bounds('jwt-refresh', settings),
      both(1_000 * (Number(loadEnv(settings).ACCESS_TTL_SEC) + 1)),
    )
  assert.deepEqual(bounds('jwt-refresh', { accessTtlSec: 3, nearCacheSec: 9 }), both(4_000))
  assert.deepEqual(bounds('jwt-hs256', { ttlSec: 3 }), { oneLoginMs: 4_000, userWideMs: null })
  assert.deepEqual(bounds('none'), { oneLoginMs: null, userWideMs: null })
})
