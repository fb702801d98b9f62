/**
 * Sessions in Redis that a reader of Redis cannot use: the cookie holds a public id and a secret, and Redis keeps the
 * secret's hash under the id. The look-up is by the id; the hash is compared in constant time.
 */
import type { Scheme } from '../contract.ts'
import { opaqueAuth, type StoredSession, sessionKey } from '../sessions/opaque-sessions.ts'
import { bounded, openRedis } from '../stores/redis.ts'

export const scheme: Scheme = {
  summary: 'own sessions in Redis: a public id, and a secret stored only as its hash',
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
