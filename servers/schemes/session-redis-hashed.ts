/**
 * Sessions in Redis that a reader of Redis cannot use: the cookie holds a public id and a secret, and Redis keeps the
 * secret's hash under the id. The look-up is by the id; the hash is compared in constant time.
 */
import type { ServerConfig } from '../config.ts'
import type { Command, Scheme } from '../contract.ts'
import { keysOf, opaqueAuth, opaqueCommands, parseSession } from '../sessions/opaque-sessions.ts'
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
  commands: { getex: 1, get: 1 },
  sends,

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: sends(config) })
    return opaqueAuth(config, redis, {
      async read(id) {
        const keys = keysOf(config, id)
        const asked = [redis.getex(keys.session, 'EX', config.ttlSec), redis.get(keys.epoch)] as const
        const [json, epoch] = await bounded(redis, Promise.all(asked))
        return { session: json === null ? undefined : parseSession(json), epoch }
      },
      forget() {},
    })
  },
}

function sends(config: ServerConfig): Command[] {
  return [['getex', keysOf(config, '?').session, 'EX', 1], ...opaqueCommands(config)]
}
