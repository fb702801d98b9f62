/**
 * Sessions in Redis as the READMEs of express-session, connect-redis and ioredis show them: a GET to read
 * and an EXPIRE to touch on every request. The only deviation is that waits for Redis are bounded
 * (redis.ts); with the defaults a request hangs for as long as Redis does.
 */
import { RedisStore } from 'connect-redis'
import type { ServerConfig } from '../config.ts'
import type { Command, Scheme } from '../contract.ts'
import { sessionAuth } from '../sessions/express-sessions.ts'
import { openRedis } from '../stores/redis.ts'

export const scheme: Scheme = {
  summary: 'express-session + connect-redis + ioredis as their READMEs say',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'cannot',
    payload: 'opaque',
    lastDay: false,
    stock: true,
    storesRawId: true,
  },
  commands: { get: 1, expire: 1 },
  sends,

  async open(config) {
    const client = await openRedis(config, { enableAutoPipelining: false, commands: sends(config) })
    const store = new RedisStore({ client, prefix: `${config.keyPrefix}sess:`, disableTouch: !config.touch })
    return sessionAuth(config, store, async () => client.disconnect())
  },
}

function sends({ keyPrefix }: ServerConfig): Command[] {
  const key = `${keyPrefix}sess:?`
  return [
    ['get', key],
    ['set', key, '', 'EX', 1],
    ['expire', key, 1],
    ['del', key],
  ]
}
