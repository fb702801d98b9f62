/**
 * What a replica has just read from Redis, kept until Redis says that it changed (client-side caching, `CLIENT
 * TRACKING` with a second connection that hears of changes:
 * redis.io/docs/latest/develop/reference/client-side-caching).
 *
 * While the second connection hangs, it hears of nothing; so an entry is believed for `nearCacheSec` at most. While
 * either connection is known to be down, nothing is believed at all.
 */
import type { Redis } from 'ioredis'
import type { ServerConfig } from '../config.ts'
import { bounded } from './redis.ts'

/** Of some 500 bytes each; beyond that number the oldest goes. */
const MOST_ENTRIES = 50_000
const CHANNEL = '__redis__:invalidate'
/** A read prolongs a key once this share of its lifetime is gone: each EXPIRE makes other replicas read again. */
const PROLONG_AFTER = 0.1

export interface NearCache<T> {
  /** The value, from here or from Redis; undefined where there is none. Throws Unavailable. */
  read(key: string): Promise<T | undefined>
  /** This replica has changed it; Redis would say so only after a while. */
  forget(key: string): void
  close(): void
}

interface Entry<T> {
  value: T
  untilMs: number
}

/** @param redis for reads; must be ready. Resolves once Redis tells of changes. */
export async function openNearCache<T>(
  redis: Redis,
  { ttlSec, nearCacheSec }: Pick<ServerConfig, 'ttlSec' | 'nearCacheSec'>,
  parse: (text: string) => T,
): Promise<NearCache<T>> {
  const entries = new Map<string, Entry<T>>()
  const reading = new Map<string, Set<{ isStale: boolean }>>()
  const believedMs = 1000 * Math.min(nearCacheSec, ttlSec / 2)
  let isTold = false

  const forget = (key: string) => {
    entries.delete(key)
    // A reply that is under way may be from before the change.
    for (const one of reading.get(key) ?? []) one.isStale = true
  }
  const forgetAll = () => {
    entries.clear()
    for (const key of reading.keys()) forget(key)
  }
  const listener = await listen(redis, {
    told(is) {
      isTold = is
      forgetAll()
    },
    // Null after FLUSHALL: all of them.
    changed: (keys) => (keys === null ? forgetAll() : keys.forEach(forget)),
  })

  return {
    forget,
    close: () => listener.disconnect(),
    async read(key) {
      const cached = entries.get(key)
      if (cached && performance.now() < cached.untilMs) return cached.value
      const mark = { isStale: false }
      const marks = reading.get(key) ?? new Set()
      reading.set(key, marks.add(mark))
      try {
        return await readThrough(key, mark)
      } finally {
        marks.delete(mark)
        if (marks.size === 0) reading.delete(key)
      }
    },
  }

  async function readThrough(key: string, mark: { isStale: boolean }): Promise<T | undefined> {
    const askedMs = performance.now()
    const [text, leftMs] = await bounded(redis, Promise.all([redis.get(key), redis.pttl(key)]))
    if (text === null) return undefined
    if (leftMs < (1 - PROLONG_AFTER) * ttlSec * 1000) await bounded(redis, redis.expire(key, ttlSec))
    const value = parse(text)
    if (isTold && !mark.isStale) keep(key, { value, untilMs: askedMs + Math.min(believedMs, leftMs) })
    return value
  }

  function keep(key: string, entry: Entry<T>): void {
    entries.delete(key)
    const [oldest] = entries.keys()
    if (entries.size >= MOST_ENTRIES && oldest !== undefined) entries.delete(oldest)
    entries.set(key, entry)
  }
}

interface Hearer {
  /** Whether Redis tells of changes from now on. */
  told(is: boolean): void
  /** Null: any key may have changed. */
  changed(keys: readonly string[] | null): void
}

/** A second connection: Redis tells it what becomes of the keys that `redis` reads, after each outage anew. */
async function listen(redis: Redis, { told, changed }: Hearer): Promise<Redis> {
  // With RESP3, the default, Redis would tell it in frames that ioredis passes on to nobody.
  const listener = redis.duplicate({ enableAutoPipelining: false, autoResubscribe: false, protocol: 2 })
  /** The id of the listener's connection, which cannot be asked for it once it listens. */
  let id: number | undefined
  const track = async () => {
    if (id === undefined || redis.status !== 'ready') return
    // No NOLOOP, so it hears of its own changes too: ending all logins of a user removes keys that are not known here.
    await redis.client('TRACKING', 'ON', 'REDIRECT', id)
    told(true)
  }
  const subscribe = async () => {
    const own = await listener.client('ID')
    await listener.subscribe(CHANNEL)
    id = own
    await track()
  }
  // Where that fails, nothing is believed, and the next reconnect tries again.
  const retry = (step: () => Promise<void>) => () => void step().catch(() => told(false))
  // As text, ioredis would join the keys.
  listener.on('messageBuffer', (_channel: Buffer, keys: unknown) =>
    changed(Array.isArray(keys) ? keys.map(String) : null),
  )
  listener.on('error', () => {})
  listener.on('close', () => {
    id = undefined
    told(false)
  })
  redis.on('close', () => told(false))
  await new Promise<void>((resolve, reject) => {
    listener.once('ready', resolve)
    listener.once('end', () => reject(new Error('Redis takes no second connection')))
  })
  await subscribe()
  listener.on('ready', retry(subscribe))
  redis.on('ready', retry(track))
  return listener
}
