/**
 * Sessions in Redis with a near cache: each replica keeps those that it has just read, and Redis tells it when one of
 * them changes (client-side caching). Where Redis cannot tell it, it believes a session for `NEAR_CACHE_SEC` at most.
 */
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import type { Command, Scheme } from '../contract.ts'
import { keysOf, opaqueAuth, opaqueCommands, parseSession } from '../sessions/opaque-sessions.ts'
import { nearCacheCommands, openNearCache, readProlonging } from '../stores/near-cache.ts'
import { bounded, openRedis } from '../stores/redis.ts'

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
  commands: { get: 2, pttl: 1 },
  sends,

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: sends(config) })
    const cache = await openNearCache(redis, config)
    const auth = opaqueAuth(config, redis, {
      async read(id) {
        const keys = keysOf(config, id)
        const session = cache.read(keys.session, () => askSession(redis, keys.session, config.ttlSec))
        const asked = [session, cache.read(keys.epoch, () => askEpoch(redis, keys.epoch, session))] as const
        const [found, epoch] = await Promise.all(asked)
        return { session: found, epoch }
      },
      forget(id) {
        for (const key of Object.values(keysOf(config, id))) cache.forget(key)
      },
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

async function askSession(redis: Redis, key: string, ttlSec: number) {
  const { value: json, leftMs } = await readProlonging(redis, key, ttlSec)
  return { value: json === null ? undefined : parseSession(json), leftMs }
}

/** That there is none is kept, for the user of a session: few ever end all their logins, and Redis tells when one does. */
async function askEpoch(redis: Redis, key: string, session: Promise<unknown>) {
  const [value, found] = await Promise.all([bounded(redis, redis.get(key)), session])
  return { value, leftMs: found === undefined ? 0 : Number.POSITIVE_INFINITY }
}

function sends(config: ServerConfig): Command[] {
  const { session } = keysOf(config, '?')
  return [...nearCacheCommands(session), ...opaqueCommands(config)]
}
