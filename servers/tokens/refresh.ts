/**
 * Families of refresh tokens in Redis: one family a login, with one valid token at a time. Redis keeps hashes, so its
 * reader learns no credential. Each step is one script, so only one of several racing uses moves a family on.
 *
 * A token's successor follows from it and a secret of the servers. So who sends a token again, because the reply was lost
 * or another tab was faster, gets the same successor and goes on: within a grace, and until that successor is used.
 */
import { createHmac } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import type { Command } from '../contract.ts'
import { type Epochs, epochCommands, epochKey, epochsOf } from '../stores/epochs.ts'
import { bounded } from '../stores/redis.ts'
import { isUser, type User } from '../users/directory.ts'
import { hashOf, newSplitSecret, splitSecret, tagOf } from '../wire/split-secret.ts'

/** KEYS: the family, its user's epoch. ARGV: hash of the token given, hash of its successor, grace in ms. */
const ROTATE = `
local family = redis.call('HMGET', KEYS[1], 'hash', 'rotatedMs', 'user', 'epoch')
if not family[1] then return {} end
local epoch = redis.call('GET', KEYS[2])
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local isValid = family[1] == ARGV[1]
local isAgain = family[1] == ARGV[2] and nowMs < (tonumber(family[2]) or 0) + tonumber(ARGV[3])
if (epoch and epoch ~= family[4]) or not (isValid or isAgain) then
  redis.call('DEL', KEYS[1])
  return {}
end
if isValid then redis.call('HSET', KEYS[1], 'hash', ARGV[2], 'rotatedMs', nowMs) end
return {family[3], redis.call('PTTL', KEYS[1])}`

/** A family that ended meanwhile must not come back, to stay for ever. */
const CHANGE = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'user', ARGV[1]) end`

interface Renewal {
  user: User
  family: string
  refreshToken: string
  /** What is left of the login, in seconds, at least 1: no access token may outlive it by more. */
  leftSec: number
}

export interface Families {
  epochs: Epochs
  /** Throws Unauthorized for an account that was closed, Unavailable like all of them. */
  begin(user: User): Promise<{ family: string; refreshToken: string }>
  /** Undefined for an invalid token. One that was valid before ends its family, but for the grace. */
  rotate(refreshToken: string): Promise<Renewal | undefined>
  /** Changes what is remembered about the user of a family, unless it has ended. */
  change(family: string, user: User): Promise<void>
  end(family: string): Promise<void>
}

export function refreshFamilies(redis: Redis, config: ServerConfig): Families {
  const keyOf = (family: string) => familyKey(config, family)
  // A family lives as long as a login without renewal would.
  const epochs = epochsOf(redis, config, config.ttlSec)
  const successorOf = (family: string, secret: string) =>
    createHmac('sha256', config.keys.sessionSecret).update(`refresh ${family} ${secret}`).digest('base64url')
  return {
    epochs,
    async begin(user) {
      const { id: family, secret } = newSplitSecret(user.username)
      const epoch = await epochs.begin(tagOf(family))
      const key = keyOf(family)
      const fields = { hash: hashOf(secret), user: JSON.stringify(user), ...(epoch && { epoch }) }
      await bounded(redis, redis.multi().hset(key, fields).expire(key, config.ttlSec).exec())
      return { family, refreshToken: `${family}.${secret}` }
    },
    async rotate(given) {
      const token = splitSecret(given)
      if (!token) return undefined
      const { id: family, secret } = token
      const next = successorOf(family, secret)
      const keys = [keyOf(family), epochKey(config, tagOf(family))] as const
      const args = [hashOf(secret), hashOf(next), config.refreshGraceSec * 1000]
      const reply = redis.eval(ROTATE, keys.length, ...keys, ...args) as Promise<[string?, number?]>
      const [json, leftMs = 0] = await bounded(redis, reply)
      const user = json === undefined ? undefined : parseUser(json)
      if (user === undefined) return undefined
      const leftSec = Math.max(1, Math.floor(leftMs / 1000))
      return { user, family, refreshToken: `${family}.${next}`, leftSec }
    },
    async change(family, user) {
      await bounded(redis, redis.eval(CHANGE, 1, keyOf(family), JSON.stringify(user)))
    },
    async end(family) {
      await bounded(redis, redis.del(keyOf(family)))
    },
  }
}

/** What is sent to Redis here, by scripts too. */
export function familyCommands(config: ServerConfig): Command[] {
  const key = familyKey(config, '?')
  return [
    ...epochCommands(config),
    ['time'],
    ['hset', key, 'user', ''],
    ['expire', key, 1],
    ['pttl', key],
    ['exists', key],
    ['hmget', key, 'user'],
    ['del', key],
    ['eval', ROTATE, 2, key, epochKey(config, '?'), '', '', 0],
    ['eval', CHANGE, 1, key, ''],
    ['multi'],
    ['exec'],
  ]
}

function familyKey({ keyPrefix }: ServerConfig, family: string): string {
  return `${keyPrefix}refresh:${family}`
}

/** A store may hold anything. */
function parseUser(json: string): User | undefined {
  try {
    const user: unknown = JSON.parse(json)
    return isUser(user) ? user : undefined
  } catch {
    return undefined
  }
}
