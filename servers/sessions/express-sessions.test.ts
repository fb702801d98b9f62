/** What is asked of session schemes alone: whose id is used, and that an ended session stays ended. */
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Credential, login, logout, me, prefer, secretOf } from '../testing/client.ts'
import { callsOf } from '../testing/redis.ts'
import { everyScheme, type Server, startServer, startShared } from '../testing/servers.ts'

const { redis, client, keys } = await startShared()

const sessionSchemes = everyScheme.filter(({ scheme }) => scheme.traits.payload === 'opaque')

for (const { name, scheme } of sessionSchemes) {
  describe(name, () => {
    let server: Server
    before(async () => {
      server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url })
    })
    after(async () => {
      await server.stop()
    })

    test('a login gets a new id and ends the session that it came with', async () => {
      const first = await login(server, scheme, 1)
      const second = await login(server, scheme, 2, first)
      assert.notEqual(secretOf(second).secret, secretOf(first).secret)
      assert.equal((await me(server, first)).status, 401)
      assert.equal(JSON.parse((await me(server, second)).text).username, 'user2')
    })

    test('an unknown id is never adopted, however well it is signed', async () => {
      const planted: Credential = { Cookie: `__Host-sid=${signedId(randomBytes(18).toString('base64url'))}` }
      assert.equal((await me(server, planted)).status, 401)
      const own = await login(server, scheme, 3, planted)
      assert.notEqual(own.Cookie, planted.Cookie)
      assert.equal((await me(server, planted)).status, 401)
    })

    test('ids are unique', async () => {
      const ids = await Promise.all(
        Array.from({ length: 200 }, async () => (await login(server, scheme, 4)).Cookie),
      )
      assert.equal(new Set(ids).size, 200)
    })
  })
}

function signedId(id: string): string {
  const signature = createHmac('sha256', JSON.parse(keys).sessionSecret)
    .update(id)
    .digest('base64')
    .replace(/=+$/, '')
  return encodeURIComponent(`s:${id}.${signature}`)
}

describe('a change under way during the logout', () => {
  test('session-redis-tuned stays logged out', async () => {
    assert.deepEqual(await changeDuringLogout('session-redis-tuned'), {
      change: 401,
      afterwards: 401,
      keys: 0,
    })
  })

  // A known weakness of the READMEs' way. If it is gone one day, the scheme's description has to say so.
  test('session-redis is logged in again', async () => {
    assert.deepEqual(await changeDuringLogout('session-redis'), { change: 200, afterwards: 200, keys: 1 })
  })
})

/** The change has read its session and waits for its body; the logout is acknowledged; then the body comes. */
async function changeDuringLogout(name: string): Promise<object> {
  const found = everyScheme.find((each) => each.name === name)
  assert.ok(found)
  const keyPrefix = `${name}:`
  const server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url, KEY_PREFIX: keyPrefix })
  const credential = await login(server, found.scheme, 5)
  const readsBefore = await reads()
  let sendBody = (_text: string) => {}
  const body = new Promise<string>((resolve) => {
    sendBody = resolve
  })
  const change = prefer(server, credential, body)
  while ((await reads()) === readsBefore) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal((await logout(server, credential)).status, 204)
  sendBody('{"theme":"dark"}')
  const result = { change: (await change).status, afterwards: (await me(server, credential)).status }
  const left = await client.keys(`${keyPrefix}*`)
  await server.stop()
  return { ...result, keys: left.length }
}

async function reads(): Promise<number> {
  const { get = 0, getex = 0 } = await callsOf(client)
  return get + getex
}
