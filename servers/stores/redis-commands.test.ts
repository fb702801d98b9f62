/** What schemes ask of Redis for one request. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import type { Scheme } from '../contract.ts'
import { login, me } from '../testing/client.ts'
import { callsOf, type RunningRedis, startRedis } from '../testing/redis.ts'
import { cleanUp, everyScheme, makeKeys, startServer } from '../testing/servers.ts'

const REQUESTS = 50
/** A busy machine must not look like a slow Redis, which is what redis.test.ts is about. */
const PATIENT = { REDIS_TIMEOUT_MS: '10000' }

let keys: string
before(async () => {
  keys = await makeKeys()
})
after(cleanUp)

/** Commands of 50 requests to `GET /me`, one soon after another. */
function expectedOf({ traits, commands = {} }: Scheme): Record<string, number> {
  const times = traits.boundedBy === 'NEAR_CACHE_SEC' ? 1 : REQUESTS
  return Object.fromEntries(Object.entries(commands).map(([command, count]) => [command, times * count]))
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
      assert.deepEqual(seen, expectedOf(scheme))
    })
  }
})

async function commands(client: Redis): Promise<Record<string, number>> {
  const { info: _, 'config|resetstat': _reset, ...asked } = await callsOf(client)
  return asked
}
