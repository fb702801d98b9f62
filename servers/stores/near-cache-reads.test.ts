/** The cache itself, against Redis alone: what was changed is not believed once Redis said so, and nothing is for long. */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { callsOf, type RunningRedis, startRedis, until } from '../testing/redis.ts'
import { openNearCache, readProlonging } from './near-cache.ts'

let redis: RunningRedis
let other: Redis

before(async () => {
  redis = await startRedis()
  other = new Redis(redis.url)
})
after(async () => {
  other.disconnect()
  await redis.stop()
})

const LIVES = { ttlSec: 60, nearCacheSec: 20 }

interface Cache {
  /** Undefined where there is none. */
  read(key: string): Promise<string | undefined>
  forget(key: string): void
  size(): number
}

async function open(t: TestContext, lives = LIVES, limit?: number): Promise<{ cache: Cache; client: Redis }> {
  const client = new Redis(redis.url, { commandTimeout: 2_000 })
  await new Promise((resolve) => client.once('ready', resolve))
  const { read, close, ...cache } = await openNearCache(client, lives, limit)
  t.after(() => {
    close()
    client.disconnect()
  })
  const ask = (key: string) => () => readProlonging(client, key, lives.ttlSec)
  return { cache: { ...cache, read: async (key) => (await read(key, ask(key))) ?? undefined }, client }
}

async function gets(): Promise<number> {
  return (await callsOf(other)).get ?? 0
}

/** Whether a read goes to Redis. */
async function asks(cache: Cache, key: string): Promise<boolean> {
  const before = await gets()
  await cache.read(key)
  return (await gets()) > before
}

describe('near cache', () => {
  test('what was read is not asked for again, until somebody else changes or removes it', async (t) => {
    const { cache } = await open(t)
    await other.set('a', 'one', 'EX', 60)
    assert.equal(await cache.read('a'), 'one')
    const before = await gets()
    for (let i = 0; i < 20; i += 1) assert.equal(await cache.read('a'), 'one')
    assert.equal(await gets(), before)
    await other.set('a', 'two', 'EX', 60)
    await until(async () => (await cache.read('a')) === 'two')
    await other.del('a')
    await until(async () => (await cache.read('a')) === undefined)
  })

  test('it need not wait to hear of its own changes', async (t) => {
    const { cache, client } = await open(t)
    await other.set('own', 'one', 'EX', 60)
    await cache.read('own')
    await client.set('own', 'two', 'EX', 60)
    cache.forget('own')
    assert.equal(await cache.read('own'), 'two')
  })

  test('after FLUSHALL nothing is believed, and later on it believes again', async (t) => {
    const { cache } = await open(t)
    await other.set('f', 'one', 'EX', 60)
    await cache.read('f')
    await other.flushall()
    await until(async () => (await cache.read('f')) === undefined)
    await other.set('f', 'two', 'EX', 60)
    await until(async () => (await cache.read('f')) === 'two' && !(await asks(cache, 'f')))
  })

  test('a reply that was under way during a change is answered and not kept', async (t) => {
    const { cache } = await open(t)
    await other.set('race', 'one', 'EX', 60)
    for (let i = 0; i < 50; i += 1) {
      const reading = cache.read('race')
      await other.set('race', `round ${i}`, 'EX', 60)
      await reading
      await until(async () => (await cache.read('race')) === `round ${i}`)
    }
  })

  test('when the connection that is told of changes is lost, every read asks, and then it is told again', async (t) => {
    const { cache } = await open(t)
    await other.set('lost', 'one', 'EX', 60)
    await cache.read('lost')
    const clients = String(await other.client('LIST'))
    const listening = /id=(\d+) [^\n]* sub=1 /.exec(clients)?.[1]
    assert.ok(listening)
    await other.client('KILL', 'ID', Number(listening))
    await other.set('lost', 'two', 'EX', 60)
    await until(async () => (await cache.read('lost')) === 'two')
    await until(async () => !(await asks(cache, 'lost')))
    await other.set('lost', 'three', 'EX', 60)
    await until(async () => (await cache.read('lost')) === 'three')
  })

  test('an old value is believed no longer than its bound, where Redis cannot tell of the change', async (t) => {
    const { cache, client } = await open(t, { ttlSec: 60, nearCacheSec: 1 })
    await other.set('untold', 'one', 'EX', 60)
    await client.client('TRACKING', 'OFF')
    assert.equal(await cache.read('untold'), 'one')
    await other.set('untold', 'two', 'EX', 60)
    assert.equal(await cache.read('untold'), 'one', 'a connection that hangs tells nothing')
    await sleep(1_050)
    assert.equal(await cache.read('untold'), 'two')
  })

  test('it holds no more than its limit, the latest, and lets go of what it does not believe any more', async (t) => {
    const { cache } = await open(t, { ttlSec: 60, nearCacheSec: 1 }, 10)
    const keys = Array.from({ length: 30 }, (_, i) => `many ${i}`)
    for (const key of keys) await other.set(key, key, 'EX', 60)
    for (const key of keys) await cache.read(key)
    assert.equal(cache.size(), 10)
    assert.deepEqual([await asks(cache, 'many 29'), await asks(cache, 'many 20')], [false, false])
    await cache.read('nothing is there')
    assert.equal(cache.size(), 10, 'that there is none is not kept')
    await sleep(1_100)
    await cache.read('many 0')
    assert.equal(cache.size(), 1)
  })

  test('a key that is used is prolonged, and one that ends in Redis ends here', async (t) => {
    const { cache } = await open(t, { ttlSec: 6, nearCacheSec: 1 })
    await other.set('used', 'one', 'EX', 6)
    for (let i = 0; i < 16; i += 1) {
      assert.equal(await cache.read('used'), 'one')
      await sleep(500)
    }
    // Not read while it ends: that would be one more use.
    await other.pexpire('used', 100)
    await sleep(500)
    assert.equal(await cache.read('used'), undefined)
  })
})
