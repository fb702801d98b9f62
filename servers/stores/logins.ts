/**
 * An index of each user's logins, in Redis beside them: all of them can be ended at once, and nobody logs in to an
 * account that was closed.
 */
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Auth, Unauthorized } from '../contract.ts'
import { bounded } from './redis.ts'

export interface Logins {
  /**
   * Notes a login whose key is written already, through the same connection. Throws Unauthorized, and removes that key
   * again, when the account is closed.
   */
  add(username: string, key: string): Promise<void>
  /** Forgets one whose key is gone. */
  remove(username: string, key: string): Promise<void>
  /** Ends every login that was complete when this was asked. */
  endAll(username: string): Promise<void>
  /** The same for good: from now on nobody logs in as this user. */
  close(username: string): Promise<void>
}

/**
 * No login slips through: Redis executes what one connection sends in order. `endAll` removes a login if its note came
 * before it reads the notes. A login reads the mark of `close` if its note comes after that mark.
 */
export function userLogins(redis: Redis, { keyPrefix, absoluteTtlSec }: ServerConfig): Logins {
  const listOf = (username: string) => `${keyPrefix}logins:${username}`
  const closedOf = (username: string) => `${keyPrefix}closed:${username}`
  const endAll = async (username: string) => {
    const list = listOf(username)
    const keys = await bounded(redis, redis.smembers(list))
    // Only those that were read: one that was added since belongs to a later login.
    if (keys.length === 0) return
    // One by one, since the keys of a Redis Cluster lie on several primaries.
    await bounded(redis, Promise.all([...keys.map((key) => redis.del(key)), redis.srem(list, keys)]))
  }
  return {
    endAll,
    async add(username, key) {
      const list = listOf(username)
      const noted = [redis.sadd(list, key), redis.expire(list, absoluteTtlSec)]
      const [isClosed] = await bounded(redis, Promise.all([redis.exists(closedOf(username)), ...noted]))
      if (!isClosed) return
      await bounded(redis, redis.del(key))
      throw new Unauthorized()
    },
    async remove(username, key) {
      await bounded(redis, redis.srem(listOf(username), key))
    },
    async close(username) {
      await bounded(redis, redis.set(closedOf(username), '1'))
      await endAll(username)
    },
  }
}

/** The part of an Auth that ends all logins of the user of a guarded request. */
export function userWide(
  logins: Pick<Logins, 'endAll' | 'close'>,
): Required<Pick<Auth, 'logoutEverywhere' | 'disable'>> {
  return {
    logoutEverywhere: (_req, res) => logins.endAll(res.locals.user.username),
    disable: (_req, res) => logins.close(res.locals.user.username),
  }
}
