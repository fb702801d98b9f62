/** What happens to Redis itself: it dies, stands still, forgets, fills up, refuses, is busy. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Injector } from '../fleet.ts'
import { withRedis } from '../stores/redis.ts'
import { type FleetFault, type FleetParts, redisOf } from './parts.ts'

/** Healed by being started again, with what it kept. */
const killed = (parts: FleetParts): Injector => {
  const { primary } = redisOf(parts)
  return { inject: () => primary.kill(), heal: () => primary.restart() }
}

type Command = readonly [string, ...string[]]

/** Two commands, one to break and one to mend. */
const told =
  (break_: Command, mend?: Command) =>
  (parts: FleetParts): Injector => {
    const { url } = redisOf(parts).primary.current
    return { inject: () => send(url, break_), heal: async () => mend && send(url, mend) }
  }

async function send(url: string, [command, ...args]: Command): Promise<void> {
  await withRedis(url, (client) => client.call(command, ...args), 'as it is')
}

const frozen = (parts: FleetParts): Injector => ({
  inject: async () => parts.frozen.freeze(redisOf(parts).primary.pid),
  heal: async () => parts.frozen.thaw(),
})

/** A fifth of a thousand sessions; of the few entries of a denylist, all. */
const EVICTED_BYTES = 100_000

/** The limit is set below what is in use: keys are given up at once, and for each new one another. */
const evicting = (parts: FleetParts): Injector => {
  const { url } = redisOf(parts).primary.current
  return {
    inject: () =>
      withRedis(url, async (client) => {
        const used = Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1])
        await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
        await client.config('SET', 'maxmemory', String(used - EVICTED_BYTES))
      }),
    heal: () => send(url, ['CONFIG', 'SET', 'maxmemory', '0']),
  }
}

/** A script that does not end: Redis answers nothing for so long, and BUSY afterwards. */
const BUSY_AFTER_MS = 100

const busy = (parts: FleetParts): Injector => {
  const { url } = redisOf(parts).primary.current
  let client: Redis | undefined
  return {
    async inject() {
      await send(url, ['CONFIG', 'SET', 'busy-reply-threshold', String(BUSY_AFTER_MS)])
      client = new Redis(url, { retryStrategy: () => null })
      client.on('error', () => {})
      await client.ping()
      // Ends with an error when it is killed, or with its connection.
      client.eval('while true do end', 0).catch(() => {})
    },
    async heal() {
      await send(url, ['SCRIPT', 'KILL'])
      client?.disconnect()
    },
  }
}

/** How long all keys together take to load. */
const LOADING_US = 1_500_000

const loading = (parts: FleetParts): Injector => {
  const { primary, slowLoading } = redisOf(parts)
  let loaded: Promise<void> | undefined
  return {
    async inject() {
      const keys = await withRedis(primary.current.url, async (client) => {
        await client.save()
        return await client.dbsize()
      })
      await primary.kill()
      slowLoading(Math.ceil(LOADING_US / Math.max(1, keys)))
      loaded = primary.restart()
      // A failure is reported when the fault is healed; nobody waits for it yet.
      loaded.catch(() => {})
    },
    heal: async () => loaded,
  }
}

const SCAN_COUNT = 1_000
const END_MS = 1

/** Every key ends within the same millisecond, as after a site was promoted on one evening and its logins run out. */
const expired = (parts: FleetParts): Injector => {
  const { url } = redisOf(parts).primary.current
  return {
    inject: () =>
      withRedis(url, async (client) => {
        for await (const keys of client.scanStream({ count: SCAN_COUNT })) {
          const pipeline = client.pipeline()
          for (const key of keys as string[]) pipeline.pexpire(key, END_MS)
          await pipeline.exec()
        }
        // Who asks within that millisecond prolongs a session: injected is it when none is left.
        await sleep(2 * END_MS)
      }),
    heal: async () => {},
  }
}

/** Nobody listens there: a replica whose primary is gone serves what it has. */
const NOWHERE = ['127.0.0.1', '1'] as const

export const redisFaults = {
  'redis-killed-snapshots': { needs: { kept: 'snapshots' }, on: killed },
  'redis-killed-log': { needs: { kept: 'log' }, on: killed },
  'redis-stopped': { on: frozen },
  'redis-flushed': { on: told(['FLUSHALL']) },
  'redis-full': { on: told(['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']) },
  'redis-evicting': { on: evicting },
  'redis-read-only': { on: told(['REPLICAOF', ...NOWHERE], ['REPLICAOF', 'NO', 'ONE']) },
  'redis-busy': { on: busy },
  'redis-loading': { needs: { kept: 'snapshots' }, on: loading },
  'logins-expired': { on: expired },
} satisfies Record<string, FleetFault>
