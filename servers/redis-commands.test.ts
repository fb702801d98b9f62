/** What schemes ask of Redis for one request. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { type RunningRedis, startRedis } from '../bench/fleet/redis.ts'
import { login, me } from './client-for-tests.ts'
import { cleanUp, everyScheme, makeKeys, startServer } from './servers-for-tests.ts'

const REQUESTS = 50
/** A busy machine must not look like a slow Redis, of which redis.test.ts is about. */
const PATIENT = { REDIS_TIMEOUT_MS: '2000' }

let keys: string
before(async () => {
  keys = await makeKeys()
})
after(cleanUp)

/** Commands of 50 requests to `GET /me`; a scheme that is not here sends none. */
const COMMANDS: Record<string, Record<string, number>> = {
  'session-redis': { get: REQUESTS, expire: REQUESTS },
  'session-redis-tuned': { getex: REQUESTS },
  'session-redis-hashed': { getex: REQUESTS },
  // Read by the login's own first look, and then for as long as the cache believes it.
  'session-redis-cached': { get: 1, pttl: 1 },
  'jwt-denylist': { mget: REQUESTS },
}

describe('commands of a request', () => {
  let redis: RunningRedis
  let client: Redis
  before(async () => {
    redis = await startRedis()
    client = new Redis(redis.url)
  })
  after(async () => {
    client.disconnect()
    await redis.stop()
  })

  for (const { name, scheme } of everyScheme) {
    test(name, async (t) => {
      const server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url, ...PATIENT })
      t.after(() => server.stop())
      const credential = await login(server, scheme, 1)
      await client.config('RESETSTAT')
      for (let i = 0; i < REQUESTS; i += 1) assert.equal((await me(server, credential)).status, 200)
      const seen = await commands(client)
      // Whatever is refused by its signature is not worth a question to Redis.
      const tampered = Object.entries(credential).map(([header, value]) => [header, `${value}x`])
      if (scheme.traits.transport !== 'none') await me(server, Object.fromEntries(tampered))
      assert.deepEqual(await commands(client), seen)
      assert.deepEqual(seen, COMMANDS[name] ?? {})
    })
  }
})

async function commands(client: Redis): Promise<Record<string, number>> {
  const stats = await client.info('commandstats')
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, count]) => [
    name,
    Number(count),
  ])
  return Object.fromEntries(calls.filter(([name]) => name !== 'info' && name !== 'config|resetstat'))
}
