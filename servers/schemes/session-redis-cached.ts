/**
 * Sessions in Redis with a near cache: each replica keeps those that it has just read, and Redis tells it when one of
 * them changes (client-side caching). Where Redis cannot tell it, it believes a session for `NEAR_CACHE_SEC` at most.
 */
import type { Scheme } from '../contract.ts'
import { opaqueAuth, type StoredSession, sessionKey } from '../sessions/opaque-sessions.ts'
import { openNearCache } from '../stores/near-cache.ts'
import { openRedis } from '../stores/redis.ts'

export const scheme: Scheme = {
  summary: 'own sessions in Redis with a near cache in each replica that Redis invalidates',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'bounded',
    userWide: 'bounded',
    boundedBy: 'NEAR_CACHE_SEC',
    payload: 'opaque',
    lastDay: true,
    unsigned: true,
  },
  commands: { get: 1, pttl: 1 },

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true })
    const cache = await openNearCache(redis, config, (json) => JSON.parse(json) as StoredSession)
    const auth = opaqueAuth(config, redis, {
      read: (id) => cache.read(sessionKey(config, id)),
      forget: (id) => cache.forget(sessionKey(config, id)),
    })
    return {
      ...auth,
      async close() {
        cache.close()
        await auth.close()
      },
    }
  },
}
