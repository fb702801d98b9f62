/**
 * What a replica has just read from Redis, kept until Redis says that it changed (client-side caching, `CLIENT
 * TRACKING` with a second connection that hears of changes:
 * redis.io/docs/latest/develop/reference/client-side-caching).
 *
 * While the second connection hangs, it hears of nothing; so an entry is believed for `nearCacheSec` at most. While
 * either connection is known to be down, nothing is believed at all.
 */
import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { ConfigError, type ServerConfig } from '../config.ts'
import type { Command } from '../contract.ts'
import { bounded } from './redis.ts'

/** Of some 500 bytes each, and what is remembered about a user; beyond that number the oldest goes. */
const MOST_ENTRIES = 50_000
const CHANNEL = '__redis__:invalidate'
const START_TIMEOUT_MS = 5000

/** A read prolongs a key once this share of its lifetime is gone: each EXPIRE makes other replicas read again. */
const PROLONG_AFTER = 0.1

export interface NearCache {
  /** What was answered when this key was asked for, now or a while ago. Always the same question for the same key. */
  read<T>(key: string, ask: () => Promise<Answer<T>>): Promise<T>
  /** This replica has changed it; Redis would say so only after a while. */
  forget(key: string): void
  /** How many answers it holds. */
  size(): number
  close(): void
}

/** What Redis said of a key, asked through the connection that it tracks. */
export interface Answer<T> {
  value: T
  /** For how long this may be believed at most; 0 for not at all. */
  leftMs: number
}

/** Asks for a text that lives for `ttlSec` since it was last used; that there is none is not to be believed. */
export async function readProlonging(
  redis: Redis,
  key: string,
  ttlSec: number,
): Promise<Answer<string | null>> {
  const [value, leftMs] = await bounded(redis, Promise.all([redis.get(key), redis.pttl(key)]))
  // Anybody can ask for keys that do not exist.
  if (value === null) return { value, leftMs: 0 }
  if (leftMs < (1 - PROLONG_AFTER) * ttlSec * 1000) await bounded(redis, redis.expire(key, ttlSec))
  return { value, leftMs }
}

/** What is sent to Redis here. To be told of changes is asked for at start anyway. */
export function nearCacheCommands(key: string): Command[] {
  return [
    ['get', key],
    ['pttl', key],
    ['expire', key, 1],
    ['client', 'ID'],
  ]
}

interface Entry {
  value: unknown
  untilMs: number
}

/** @param redis for reads; must be ready. Resolves once Redis tells of changes. Throws a ConfigError where it does not. */
export async function openNearCache(
  redis: Redis,
  { ttlSec, nearCacheSec }: Pick<ServerConfig, 'ttlSec' | 'nearCacheSec'>,
  limit = MOST_ENTRIES,
): Promise<NearCache> {
  const entries = new Map<string, Entry>()
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
    size: () => entries.size,
    close: () => listener.disconnect(),
    async read<T>(key: string, ask: () => Promise<Answer<T>>) {
      const cached = entries.get(key)
      // One question for each key, so one type.
      if (cached && performance.now() < cached.untilMs) return cached.value as T
      const mark = { isStale: false }
      const marks = reading.get(key) ?? new Set()
      reading.set(key, marks.add(mark))
      const askedMs = performance.now()
      try {
        const { value, leftMs } = await ask()
        const untilMs = askedMs + Math.min(believedMs, leftMs)
        if (isTold && !mark.isStale && leftMs > 0) keep(key, { value, untilMs })
        return value
      } finally {
        marks.delete(mark)
        if (marks.size === 0) reading.delete(key)
      }
    },
  }

  function keep(key: string, entry: Entry): void {
    entries.delete(key)
    const now = performance.now()
    // Oldest first, which is nearly the order in which they run out: those that nobody believes take up no memory.
    for (const [oldest, { untilMs }] of entries) {
      if (untilMs > now && entries.size < limit) break
      entries.delete(oldest)
    }
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
  try {
    await once(listener, 'ready', { signal: AbortSignal.timeout(START_TIMEOUT_MS) })
    await subscribe()
  } catch (error) {
    listener.disconnect()
    const why = error instanceof Error ? error.message.trim() : String(error)
    throw new ConfigError(
      `Redis does not tell of changes (${why}): allow a second connection, CLIENT and SUBSCRIBE on ${CHANNEL}`,
    )
  }
  listener.on('ready', retry(subscribe))
  redis.on('ready', retry(track))
  return listener
}
