/**
 * Sessions whose cookie is a public id and a secret, `id.secret`. Redis keeps the secret's SHA-256 under the id: a
 * reader of Redis learns no credential, and the time of a look-up tells nothing of the secret.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Auth, nowSec, Unauthorized } from '../contract.ts'
import { userLogins, userWide } from '../stores/logins.ts'
import { bounded } from '../stores/redis.ts'
import type { User } from '../users/directory.ts'
import { cookieCredential, cookieName, cookieOptions } from '../wire/credentials.ts'
import { hashOf, newSplitSecret, splitSecret } from '../wire/split-secret.ts'

export interface StoredSession {
  user: User
  /** SHA-256 of the secret, base64url. */
  hash: string
  /** Of the login, in seconds since 1970. */
  since: number
}

/** Where sessions are read; they are always written to Redis. */
export interface Reader {
  /** The session, prolonged by being used; undefined where there is none. Throws Unavailable. */
  read(id: string): Promise<StoredSession | undefined>
  /** This replica has just changed it. */
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

export function sessionKey({ keyPrefix }: ServerConfig, id: string): string {
  return `${keyPrefix}sess:${id}`
}

export function opaqueAuth(config: ServerConfig, redis: Redis, { read, forget }: Reader): Auth {
  const name = cookieName(config, 'sid')
  const options = cookieOptions(config)
  const logins = userLogins(redis, config)
  const keyOf = (id: string) => sessionKey(config, id)

  /** The session that a request proves to be its own. */
  const find = async (req: Request) => {
    const given = splitSecret(cookieCredential(req, name) ?? '')
    const session = given && (await read(given.id))
    if (!session || !isEqual(session.hash, hashOf(given.secret))) return undefined
    return nowSec() < session.since + config.absoluteTtlSec ? { ...session, id: given.id } : undefined
  }
  const end = async ({ id, user }: Express.Locals['session']) => {
    const ended = bounded(redis, redis.del(keyOf(id)))
    await Promise.all([ended, logins.remove(user.username, keyOf(id))])
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
      if (earlier) await end(earlier)
      const { id, secret } = newSplitSecret()
      const session: StoredSession = { user, hash: hashOf(secret), since: nowSec() }
      await bounded(redis, redis.set(keyOf(id), JSON.stringify(session), 'EX', config.ttlSec))
      await logins.add(user.username, keyOf(id))
      res.cookie(name, `${id}.${secret}`, { ...options, maxAge: config.ttlSec * 1000 })
      return {}
    },
    async save(_req, res, user) {
      const { id, hash, since } = res.locals.session
      const json = JSON.stringify({ user, hash, since } satisfies StoredSession)
      // Only where the session still is: a plain SET by a request that was under way would undo a logout.
      const kept = await bounded(redis, redis.set(keyOf(id), json, 'EX', config.ttlSec, 'XX'))
      forget(id)
      if (kept === null) throw new Unauthorized()
      return {}
    },
    async logout(_req, res) {
      await end(res.locals.session)
      res.clearCookie(name, options)
    },
    ...userWide(logins),
    close: async () => redis.disconnect(),
  }
}

/** In a time that does not tell how many characters are equal; hashes have one length. */
function isEqual(stored: string, given: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
