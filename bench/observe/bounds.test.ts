/** Bounds follow from what a scheme declares and its servers' settings, whose defaults are the servers' own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CLOCK_TOLERANCE_SEC as OF_SERVERS } from '../../servers/claims.ts'
import { readConfig } from '../../servers/config.ts'
import { makeKeys } from '../../servers/servers-for-tests.ts'
import { boundsOf, CLOCK_TOLERANCE_SEC, DEFAULTS } from './bounds.ts'

const declared = (revocation: 'immediate' | 'bounded' | 'at-expiry' | 'never') => ({ revocation })

test('what the servers have where nothing else is said', async () => {
  const config = readConfig({ SCHEME: 'none', KEYS: await makeKeys() })
  assert.deepEqual({ ...config, ...DEFAULTS }, config)
  assert.equal(CLOCK_TOLERANCE_SEC, OF_SERVERS)
})

test('a logout that is declared to act at once has no time, any other one that of its setting', () => {
  const bound = (revocation: Parameters<typeof declared>[0], settings = {}) =>
    boundsOf(declared(revocation), settings).oneLoginMs
  assert.equal(bound('immediate'), 0)
  assert.equal(bound('immediate', { denylistCacheSec: 1 }), 1_000)
  assert.equal(bound('at-expiry'), 3_601_000)
  assert.equal(bound('at-expiry', { ttlSec: 3 }), 4_000)
  assert.equal(bound('never'), null)
})
