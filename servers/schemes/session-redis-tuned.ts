/**
 * The packages of session-redis as an expert would set them up: one command a request instead of two,
 * commands of concurrent requests in one write, updates that cannot bring a destroyed session back, a last day for
 * every session, and an end for all of a user's at once.
 */
import { RedisStore } from 'connect-redis'
import type { Request } from 'express'
import type { SessionData } from 'express-session'
import type { Redis } from 'ioredis'
import { type Scheme, Unauthorized } from '../contract.ts'
import { sessionAuth } from '../sessions/express-sessions.ts'
import { userLogins } from '../stores/logins.ts'
import { bounded, openRedis } from '../stores/redis.ts'

type Callback<T = void> = (error?: unknown, data?: T) => void

class TunedStore extends RedisStore {
  readonly #redis: Redis
  readonly #ttlSec: number
  /** Sessions that regenerate made and nobody saved yet: only these may create their key. */
  readonly #fresh = new WeakSet<object>()

  constructor(redis: Redis, prefix: string, ttlSec: number) {
    super({ client: redis, prefix })
    this.#redis = redis
    this.#ttlSec = ttlSec
  }

  /** Reads the session and prolongs it in the same command, so that `touch` has nothing left to do. */
  override async get(id: string, done: Callback<SessionData | null>): Promise<void> {
    settle(done, async () => {
      const json = await bounded(this.#redis, this.#redis.getex(this.prefix + id, 'EX', this.#ttlSec))
      return json === null ? null : (JSON.parse(json) as SessionData)
    })
  }

  override async touch(_id: string, _session: SessionData, done: Callback): Promise<void> {
    done()
  }

  override regenerate(req: Request, done: (error?: unknown) => unknown): void {
    super.regenerate(req, (error) => {
      if (!error) this.#fresh.add(req.session)
      done(error)
    })
  }

  override async destroy(id: string, done: Callback): Promise<void> {
    settle(done, async () => {
      await bounded(this.#redis, this.#redis.del(this.prefix + id))
    })
  }

  /** A plain SET by a request that was under way during the logout would log the user in again. */
  override async set(id: string, session: SessionData, done: Callback): Promise<void> {
    settle(done, async () => {
      const [key, json] = [this.prefix + id, JSON.stringify(session)]
      const reply = this.#fresh.delete(session)
        ? this.#redis.set(key, json, 'EX', this.#ttlSec, 'NX')
        : this.#redis.set(key, json, 'EX', this.#ttlSec, 'XX')
      if ((await bounded(this.#redis, reply)) === null) throw new Unauthorized()
    })
  }
}

function settle<T>(done: Callback<T>, step: () => Promise<T>): void {
  step().then((data) => done(null, data), done)
}

export const scheme: Scheme = {
  summary:
    'the same packages tuned: one GETEX a request, auto-pipelining, no revived sessions, log out everywhere',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'immediate',
    payload: 'opaque',
    lastDay: true,
    storesRawId: true,
  },
  commands: { getex: 1 },

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true })
    const store = new TunedStore(redis, `${config.keyPrefix}sess:`, config.ttlSec)
    const lifetimes = { logins: userLogins(redis, config), keyOf: (id: string) => store.prefix + id }
    return sessionAuth(config, store, async () => redis.disconnect(), lifetimes)
  },
}
