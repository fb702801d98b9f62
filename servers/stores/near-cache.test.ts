/** Replicas hear of changes elsewhere at once: the bound is for when they cannot be told. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { login, logout, me, prefer, send } from '../testing/client.ts'
import { type RunningRedis, startRedis, until } from '../testing/redis.ts'
import { cleanUp, everyScheme, makeKeys, type Server, startServer } from '../testing/servers.ts'

/** Long, so that a replica that learns of a change only at its end fails these tests. */
const BOUND_SEC = 30

const scheme = everyScheme.find(({ name }) => name === 'session-redis-cached')?.scheme ?? assert.fail()
let redis: RunningRedis
let here: Server
let elsewhere: Server
before(async () => {
  const [started, keys] = await Promise.all([startRedis(), makeKeys()])
  redis = started
  const settings = {
    SCHEME: 'session-redis-cached',
    REDIS_URL: redis.url,
    KEYS: keys,
    NEAR_CACHE_SEC: `${BOUND_SEC}`,
  }
  ;[here, elsewhere] = await Promise.all([startServer(settings), startServer(settings)])
})
after(async () => {
  await redis.stop()
  cleanUp()
})

/** A login that both replicas have read. */
async function knownToBoth(user: number) {
  const credential = await login(here, scheme, user)
  for (const server of [here, elsewhere]) assert.equal((await me(server, credential)).status, 200)
  return credential
}

test('a logout at one replica is heard of at the other', async () => {
  const [gone, stays] = [await knownToBoth(1), await knownToBoth(2)]
  assert.equal((await logout(here, gone)).status, 204)
  await until(async () => (await me(elsewhere, gone)).status === 401)
  assert.equal((await me(elsewhere, stays)).status, 200)
})

test('a logout everywhere is heard of at both, also of other devices', async () => {
  const [own, device] = [await knownToBoth(4), await knownToBoth(4)]
  const everywhere = await send(here, '/logout-everywhere', { method: 'POST', headers: own })
  assert.equal(everywhere.status, 204)
  for (const server of [here, elsewhere])
    for (const credential of [own, device])
      await until(async () => (await me(server, credential)).status === 401)
})

test('so is a change, and that Redis has lost everything', async () => {
  const credential = await knownToBoth(3)
  assert.equal((await prefer(here, credential, { theme: 'dark' })).status, 200)
  await until(async () => JSON.parse((await me(elsewhere, credential)).text).preferences.theme === 'dark')
  const direct = new Redis(redis.url)
  await direct.flushall()
  direct.disconnect()
  for (const server of [here, elsewhere])
    await until(async () => (await me(server, credential)).status === 401)
})
