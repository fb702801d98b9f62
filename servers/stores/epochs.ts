/**
 * Ends all logins of a user at once, however many there are, and closes accounts.
 *
 * Each login keeps the epoch that its user had when it began, and counts for as long as that is the user's epoch. To end
 * them all is to write one key; a list of logins would have to be kept, bounded and walked. That key is asked for with
 * every request, in the round trip that reads the login. It is no time: replicas' clocks would not agree on what is
 * earlier.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Auth, type Command, Unauthorized } from '../contract.ts'
import { userTag } from '../wire/split-secret.ts'
import { bounded } from './redis.ts'

/** Absent until all logins of the user have been ended for the first time. */
export type Epoch = string | undefined

/** Users are named by any text that is the same wherever one user is meant: a name, or a tag. */
export interface Epochs {
  /** The epoch of a login that begins now. Throws Unauthorized when the account is closed. */
  begin(user: string): Promise<Epoch>
  /** Ends every login that began before this was asked, and those that are about to. */
  endAll(user: string): Promise<void>
  /** The same for good: from now on nobody logs in as this user. The key stays: one for each closed account. */
  close(user: string): Promise<void>
}

const CLOSED = 'closed'

/** A new epoch, but never over a closed account. */
const RENEW = `if redis.call('GET', KEYS[1]) ~= '${CLOSED}' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`

/** An epoch outlives the last login before it, also one that a replica with a slow clock lets live on. */
const CLOCKS_APART_SEC = 60

/** The key to ask for in the round trip that reads a login. */
export function epochKey({ keyPrefix }: Prefix, user: string): string {
  return `${keyPrefix}epoch:${user}`
}

type Prefix = Pick<ServerConfig, 'keyPrefix'>

/** @param longestSec after which each login has ended by itself: an epoch is kept for so long. */
export function epochsOf(redis: Redis, config: Prefix, longestSec: number): Epochs {
  const keyOf = (user: string) => epochKey(config, user)
  const keptMs = (longestSec + CLOCKS_APART_SEC) * 1000
  return {
    async begin(user) {
      const epoch = (await bounded(redis, redis.get(keyOf(user)))) ?? undefined
      if (epoch === CLOSED) throw new Unauthorized()
      return epoch
    },
    async endAll(user) {
      await bounded(redis, redis.eval(RENEW, 1, keyOf(user), randomUUID(), keptMs))
    },
    async close(user) {
      await bounded(redis, redis.set(keyOf(user), CLOSED))
    },
  }
}

/** Whether all logins of a user were ended since one with this epoch began. @param now what Redis holds, null for none */
export function isOver(epoch: Epoch, now: string | null): boolean {
  // None: each login that began before the last end has ended by itself since.
  return now !== null && now !== epoch
}

/** What is sent to Redis here. */
export function epochCommands(config: Prefix): Command[] {
  const key = epochKey(config, '?')
  return [
    ['get', key],
    ['set', key, '', 'PX', 1],
    ['eval', RENEW, 1, key, '', 1],
  ]
}

/** The part of an Auth that ends all logins of the user of a guarded request, where ids have that user's tag. */
export function userWide({ endAll, close }: Epochs): Required<Pick<Auth, 'logoutEverywhere' | 'disable'>> {
  return {
    logoutEverywhere: (_req, res) => endAll(userTag(res.locals.user.username)),
    disable: (_req, res) => close(userTag(res.locals.user.username)),
  }
}
