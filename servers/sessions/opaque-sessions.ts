/**
 * Sessions whose cookie is a public id and a secret, `id.secret`. Redis keeps the secret's SHA-256 under the id: a
 * reader of Redis learns no credential, and the time of a look-up tells nothing of the secret.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Auth, type Command, nowSec, Unauthorized } from '../contract.ts'
import { type Epoch, epochCommands, epochKey, epochsOf, isOver, userWide } from '../stores/epochs.ts'
import { bounded } from '../stores/redis.ts'
import { isUser, type User } from '../users/directory.ts'
import { cookieCredential, cookieName, cookieOptions } from '../wire/credentials.ts'
import { hashOf, newSplitSecret, splitSecret, tagOf } from '../wire/split-secret.ts'

export interface StoredSession {
  user: User
  /** SHA-256 of the secret, base64url. */
  hash: string
  /** Of the login, in seconds since 1970. */
  since: number
  /** Of the user when the session began. */
  epoch?: Epoch
}

/** What Redis keeps about a request's session. */
interface Kept {
  /** Prolonged by being read; undefined where there is none, or none of ours. */
  session: StoredSession | undefined
  /** The user's epoch now. */
  epoch: string | null
}

/** How sessions are read; they are always written to Redis. */
export interface Reader {
  /** Throws Unavailable. */
  read(id: string): Promise<Kept>
  /** This replica has just changed what is kept. */
  forget(id: string): void
}

declare global {
  namespace Express {
    interface Locals {
      /** Set by the guards of schemes with an id and a secret. */
      session: StoredSession & { id: string }
    }
  }
}

export function keysOf(config: ServerConfig, id: string): { session: string; epoch: string } {
  return { session: `${config.keyPrefix}sess:${id}`, epoch: epochKey(config, tagOf(id)) }
}

/** What is under a session's key, if it is a session: a store may hold anything. */
export function parseSession(json: string): StoredSession | undefined {
  try {
    const value = JSON.parse(json)
    const { hash, since, user } = value ?? {}
    return typeof hash === 'string' && typeof since === 'number' && isUser(user) ? value : undefined
  } catch {
    return undefined
  }
}

export function opaqueAuth(config: ServerConfig, redis: Redis, { read, forget }: Reader): Auth {
  const name = cookieName(config, 'sid')
  const options = cookieOptions(config)
  const epochs = epochsOf(redis, config, config.absoluteTtlSec)
  const { logoutEverywhere, disable } = userWide(epochs)
  const keyOf = (id: string) => keysOf(config, id).session

  /** The session that a request proves to be its own. */
  const find = async (req: Request) => {
    const given = splitSecret(cookieCredential(req, name) ?? '')
    if (!given) return undefined
    const { session, epoch } = await read(given.id)
    if (!session || isOver(session.epoch, epoch) || !isEqual(session.hash, hashOf(given.secret)))
      return undefined
    return nowSec() < session.since + config.absoluteTtlSec ? { ...session, id: given.id } : undefined
  }
  const end = async (id: string) => {
    await bounded(redis, redis.del(keyOf(id)))
    forget(id)
  }

  return {
    async guard(req, res, next) {
      const session = await find(req)
      if (!session) throw new Unauthorized()
      res.locals.session = session
      res.locals.user = session.user
      next()
    },
    async login(req, res, user) {
      const earlier = await find(req)
      if (earlier) await end(earlier.id)
      const { id, secret } = newSplitSecret(user.username)
      const epoch = await epochs.begin(tagOf(id))
      const session: StoredSession = { user, hash: hashOf(secret), since: nowSec(), epoch }
      await bounded(redis, redis.set(keyOf(id), JSON.stringify(session), 'EX', config.ttlSec))
      // As long as the login may last: the server knows which session is unused, and no reply has to prolong the cookie.
      res.cookie(name, `${id}.${secret}`, { ...options, maxAge: config.absoluteTtlSec * 1000 })
      return {}
    },
    async save(_req, res, user) {
      const { id, ...session } = res.locals.session
      const json = JSON.stringify({ ...session, user } satisfies StoredSession)
      // Only where the session still is: a plain SET by a request that was under way would undo a logout.
      const kept = await bounded(redis, redis.set(keyOf(id), json, 'EX', config.ttlSec, 'XX'))
      forget(id)
      if (kept === null) throw new Unauthorized()
      return {}
    },
    async logout(_req, res) {
      await end(res.locals.session.id)
      res.clearCookie(name, options)
    },
    async logoutEverywhere(req, res) {
      await logoutEverywhere(req, res)
      forget(res.locals.session.id)
    },
    async disable(req, res) {
      await disable(req, res)
      forget(res.locals.session.id)
    },
    close: async () => redis.disconnect(),
  }
}

/** Reads each session from Redis, and prolongs it by the same command. */
export function redisReader(config: ServerConfig, redis: Redis): Reader {
  return {
    async read(id) {
      const keys = keysOf(config, id)
      const asked = [redis.getex(keys.session, 'EX', config.ttlSec), redis.get(keys.epoch)] as const
      const [json, epoch] = await bounded(redis, Promise.all(asked))
      return { session: json === null ? undefined : parseSession(json), epoch }
    },
    forget() {},
  }
}

/** What is sent to Redis with that reader. */
export function redisReaderCommands(config: ServerConfig): Command[] {
  return [['getex', keysOf(config, '?').session, 'EX', 1], ...opaqueCommands(config)]
}

/** What is sent to Redis here, by any reader. */
export function opaqueCommands(config: ServerConfig): Command[] {
  const { session } = keysOf(config, '?')
  return [...epochCommands(config), ['set', session, '', 'EX', 1, 'XX'], ['del', session]]
}

/** In a time that does not tell how many characters are equal; hashes have one length. */
function isEqual(stored: string, given: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
