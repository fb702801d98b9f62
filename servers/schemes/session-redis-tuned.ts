/**
 * The packages of session-redis as an expert would set them up: one round trip a request instead of two, commands of
 * concurrent requests in one write, updates that cannot bring a destroyed session back, a last day for every session, and
 * an end for all of a user's at once.
 */
import { RedisStore } from 'connect-redis'
import type { Request } from 'express'
import session, { type SessionData } from 'express-session'
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { type Command, type Scheme, Unauthorized } from '../contract.ts'
import { sessionAuth } from '../sessions/express-sessions.ts'
import { epochCommands, epochKey, epochsOf, isOver } from '../stores/epochs.ts'
import { bounded, openRedis } from '../stores/redis.ts'
import { tagOf } from '../wire/split-secret.ts'

type Callback<T = void> = (error?: unknown, data?: T) => void

class TunedStore extends RedisStore {
  readonly #redis: Redis
  readonly #config: ServerConfig
  /** Sessions of requests that are in Redis already, or were: saving them must not create their key again. */
  readonly #kept = new WeakSet<object>()

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
      return data === null || isOver(data.epoch, epoch) ? null : data
    })
  }

  override async touch(_id: string, _session: SessionData, done: Callback): Promise<void> {
    done()
  }

  override createSession(req: Request, data: SessionData): session.Session & SessionData {
    const read = super.createSession(req, data)
    this.#kept.add(read)
    return read
  }

  override async destroy(id: string, done: Callback): Promise<void> {
    settle(done, async () => {
      await bounded(this.#redis, this.#redis.del(this.prefix + id))
    })
  }

  /** A plain SET by a request that was under way during the logout would log the user in again. */
  override async set(id: string, data: SessionData, done: Callback): Promise<void> {
    settle(done, async () => {
      const [key, json, { ttlSec }] = [this.prefix + id, JSON.stringify(data), this.#config]
      const reply = this.#kept.has(data)
        ? this.#redis.set(key, json, 'EX', ttlSec, 'XX')
        : this.#redis.set(key, json, 'EX', ttlSec)
      if ((await bounded(this.#redis, reply)) === null) throw new Unauthorized()
      if (data instanceof session.Session) this.#kept.add(data)
    })
  }
}

const sessionPrefix = ({ keyPrefix }: ServerConfig) => `${keyPrefix}sess:`

/** What express-session can make a session of, or null: a store may hold anything. */
function parseSession(json: string): SessionData | null {
  try {
    const value = JSON.parse(json)
    return typeof value?.cookie === 'object' && value.cookie !== null ? value : null
  } catch {
    return null
  }
}

function settle<T>(done: Callback<T>, step: () => Promise<T>): void {
  step().then((data) => done(null, data), done)
}

export const scheme: Scheme = {
  summary:
    'the same packages tuned: one round trip a request, auto-pipelining, no revived sessions, log out everywhere',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'immediate',
    payload: 'opaque',
    lastDay: true,
    storesRawId: true,
  },
  commands: { getex: 1, get: 1 },
  sends,

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: sends(config) })
    const epochs = epochsOf(redis, config, config.absoluteTtlSec)
    return sessionAuth(config, new TunedStore(redis, config), async () => redis.disconnect(), epochs)
  },
}

function sends(config: ServerConfig): Command[] {
  const key = `${sessionPrefix(config)}?`
  return [['getex', key, 'EX', 1], ...epochCommands(config), ['set', key, '', 'EX', 1], ['del', key]]
}
