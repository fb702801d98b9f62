/**
 * Sessions in Redis that nobody can use who reads Redis: the cookie holds a public id and a secret, Redis the hash of the
 * secret under the id. Looked up is what is no secret; the secret is compared in constant time.
 */
import type { Scheme } from '../contract.ts'
import { opaqueAuth, type StoredSession, sessionKey } from '../sessions/opaque-sessions.ts'
import { bounded, openRedis } from '../stores/redis.ts'

export const scheme: Scheme = {
  summary: 'own sessions in Redis: a public id, and a secret of which only the hash is stored',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'immediate',
    payload: 'opaque',
    lastDay: true,
    unsigned: true,
  },
  commands: { getex: 1 },

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true })
    return opaqueAuth(config, redis, {
      async read(id) {
        const json = await bounded(redis, redis.getex(sessionKey(config, id), 'EX', config.ttlSec))
        return json === null ? undefined : (JSON.parse(json) as StoredSession)
      },
      forget() {},
    })
  },
}
