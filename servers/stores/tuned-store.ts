/**
 * connect-redis's store with one round trip a request, no revived sessions, and an end for all sessions of a user. What it
 * keeps of the contract of express-session's stores, and the points in which it differs, is in tuned-store.test.ts.
 */
import { RedisStore } from 'connect-redis'
import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import type { Command } from '../contract.ts'
import { tagOf } from '../wire/split-secret.ts'
import { type Epoch, epochCommands, epochKey, isOver } from './epochs.ts'
import { bounded } from './redis.ts'

declare module 'express-session' {
  interface Session {
    /** Set by express-session, which does not declare it. */
    req: Request
    [KEPT]?: true
  }
  interface SessionData {
    /** Of the user when the session began; only where all sessions of a user end together. */
    epoch?: Epoch
  }
}

/**
 * Marks sessions of requests that are in Redis already, or were: saving them must not create their key again. JSON leaves
 * symbols out. A WeakSet of them would be dearer: each garbage collection would go through it.
 */
const KEPT = Symbol('kept')

type Callback<T = void> = (error?: unknown, data?: T) => void

export class TunedStore extends RedisStore {
  readonly #redis: Redis
  readonly #config: ServerConfig

  constructor(redis: Redis, config: ServerConfig) {
    super({ client: redis, prefix: sessionPrefix(config) })
    this.#redis = redis
    this.#config = config
  }

  /** Reads the session and prolongs it in the same command, so that `touch` has nothing left to do. */
  override async get(id: string, done: Callback<SessionData | null>): Promise<void> {
    settle(done, async () => {
      const [redis, config] = [this.#redis, this.#config]
      const asked = [
        redis.getex(this.prefix + id, 'EX', config.ttlSec),
        redis.get(epochKey(config, tagOf(id))),
      ] as const
      const [json, epoch] = await bounded(redis, Promise.all(asked))
      const data = json === null ? null : parseSession(json)
      if (data === null) return null
      // express-session would throw on it, after a reload where nobody catches that.
      if (typeof data.cookie !== 'object' || data.cookie === null)
        throw new TypeError('a session without a cookie')
      return isOver(data.epoch, epoch) ? null : data
    })
  }

  override async touch(_id: string, _session: SessionData, done: Callback = ignore): Promise<void> {
    done()
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    return Object.assign(super.createSession(req, data), { [KEPT]: true })
  }

  override async destroy(id: string, done: Callback = ignore): Promise<void> {
    settle(done, async () => {
      await bounded(this.#redis, this.#redis.del(this.prefix + id))
    })
  }

  /**
   * A plain SET by a request that was under way during the logout would log the user in again. Where a session is gone,
   * nothing is written, and its request has none any more, as after `session.destroy`.
   */
  override async set(id: string, data: SessionData, done: Callback = ignore): Promise<void> {
    settle(done, async () => {
      const [key, json, { ttlSec }] = [this.prefix + id, JSON.stringify(data), this.#config]
      const own = data instanceof session.Session && data.id === id ? data : undefined
      const reply = own?.[KEPT]
        ? this.#redis.set(key, json, 'EX', ttlSec, 'XX')
        : this.#redis.set(key, json, 'EX', ttlSec)
      const isKept = (await bounded(this.#redis, reply)) !== null
      if (own === undefined) return
      if (isKept) own[KEPT] = true
      // After `regenerate` the request has another one, which goes on.
      else if (own.req.session === own) Reflect.deleteProperty(own.req, 'session')
    })
  }
}

const sessionPrefix = ({ keyPrefix }: ServerConfig) => `${keyPrefix}sess:`

/** Null for what is no JSON, as if there were none: an error would also keep its user from logging in anew. */
function parseSession(json: string): SessionData | null {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** Callbacks may be left out. */
function ignore(): void {}

/** What `done` throws is its own, and no failure of this step; util.callbackify takes some µs for the same. */
function settle<T>(done: Callback<T>, step: () => Promise<T>): void {
  step().then(
    (data) => process.nextTick(done, null, data),
    (error: unknown) => process.nextTick(done, error),
  )
}

/** What is sent to Redis here. */
export function tunedCommands(config: ServerConfig): Command[] {
  const key = `${sessionPrefix(config)}?`
  return [['getex', key, 'EX', 1], ...epochCommands(config), ['set', key, '', 'EX', 1], ['del', key]]
}
