/**
 * Sessions in Redis that a reader of Redis cannot use: the cookie holds a public id and a secret, and Redis keeps the
 * secret's hash under the id. The look-up is by the id; the hash is compared in constant time.
 */
import type { Scheme } from '../contract.ts'
import { opaqueAuth, redisReader, redisReaderCommands } from '../sessions/opaque-sessions.ts'
import { openRedis } from '../stores/redis.ts'

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
  commands: { getex: 1, get: 1 },
  sends: redisReaderCommands,

  async open(config) {
    const redis = await openRedis(config, {
      enableAutoPipelining: true,
      commands: redisReaderCommands(config),
    })
    return opaqueAuth(config, redis, redisReader(config, redis))
  },
}
