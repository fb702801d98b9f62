/**
 * Families of refresh tokens in Redis: one family a login, with one valid token at a time. Redis keeps hashes, so its
 * reader learns no credential. Each step is one script, so only one of several racing uses gets a successor.
 */
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Logins, userLogins } from '../stores/logins.ts'
import { bounded } from '../stores/redis.ts'
import type { User } from '../users/directory.ts'
import { hashOf, newSecret, newSplitSecret, splitSecret } from '../wire/split-secret.ts'

/**
 * KEYS[1]: the family. ARGV: hash of the token given, hash of its successor, grace in ms.
 *
 * Within the grace, the token before the valid one gets its sender an access token and no refresh token: the successor
 * was handed out already, and another one would be a second branch that nobody watches.
 */
const ROTATE = `
local family = redis.call('HMGET', KEYS[1], 'hash', 'previous', 'rotatedMs', 'user')
if not family[1] then return {'gone'} end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
if family[1] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'hash', ARGV[2], 'previous', ARGV[1], 'rotatedMs', nowMs)
  return {'rotated', family[4]}
end
if family[2] == ARGV[1] and nowMs < tonumber(family[3]) + tonumber(ARGV[3]) then return {'again', family[4]} end
redis.call('DEL', KEYS[1])
return {'reused'}`

/** A family that ended meanwhile must not come back, to stay for ever. */
const CHANGE = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'user', ARGV[1]) end`

export interface Families extends Pick<Logins, 'endAll' | 'close'> {
  /** Throws Unauthorized for an account that was closed, Unavailable like all of them. */
  begin(user: User): Promise<{ family: string; refreshToken: string }>
  /**
   * The user and the next token; no next one within the grace, since the successor was handed out already. Undefined
   * for an invalid token. A token that was valid before ends its family.
   */
  rotate(
    refreshToken: string,
  ): Promise<{ user: User; family: string; refreshToken: string | undefined } | undefined>
  /** Changes what is remembered about the user of a family, unless it has ended. */
  change(family: string, user: User): Promise<void>
  end(family: string, username: string): Promise<void>
}

export function refreshFamilies(redis: Redis, config: ServerConfig): Families {
  const keyOf = (family: string) => `${config.keyPrefix}refresh:${family}`
  // A family lives as long as a login without renewal would.
  const logins = userLogins(redis, { ...config, absoluteTtlSec: config.ttlSec })
  return {
    async begin(user) {
      const { id: family, secret } = newSplitSecret()
      const key = keyOf(family)
      const fields = { hash: hashOf(secret), user: JSON.stringify(user) }
      await bounded(redis, redis.multi().hset(key, fields).expire(key, config.ttlSec).exec())
      await logins.add(user.username, key)
      return { family, refreshToken: `${family}.${secret}` }
    },
    async rotate(given) {
      const token = splitSecret(given)
      if (!token) return undefined
      const { id: family, secret } = token
      const next = newSecret()
      const hashes = [hashOf(secret), hashOf(next)]
      const graceMs = config.refreshGraceSec * 1000
      const reply = redis.eval(ROTATE, 1, keyOf(family), ...hashes, graceMs) as Promise<[string, string?]>
      const [outcome, json] = await bounded(redis, reply)
      if (json === undefined) return undefined
      const refreshToken = outcome === 'rotated' ? `${family}.${next}` : undefined
      return { user: JSON.parse(json) as User, family, refreshToken }
    },
    async change(family, user) {
      await bounded(redis, redis.eval(CHANGE, 1, keyOf(family), JSON.stringify(user)))
    },
    async end(family, username) {
      const key = keyOf(family)
      await Promise.all([bounded(redis, redis.del(key)), logins.remove(username, key)])
    },
    endAll: logins.endAll,
    close: logins.close,
  }
}
