/** Each tuning over HTTP: it does what it says, and the scheme still behaves as its kin. */
import assert from 'node:assert/strict'
import type { KeyObject } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyForm } from '../config.ts'
import { type Credential, endsHere, issued, login, logout, me, prefer, secretOf } from '../testing/client.ts'
import { callsOf } from '../testing/redis.ts'
import { everyScheme, makeKeys, type Server, startServer, startShared } from '../testing/servers.ts'
import { type Algorithm, importKeys } from '../tokens/keys.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'tuning-'))
const { redis, client, keys } = await startShared({ socket: path.join(folder, 'redis.sock') })
const otherKeys = await makeKeys()
after(() => rm(folder, { recursive: true }))

const schemeOf = (name: string) => {
  const found = everyScheme.find((each) => each.name === name)
  assert.ok(found)
  return found.scheme
}

/** A busy machine must not look like a slow Redis, of which redis.test.ts is about. */
const common = () => ({ REDIS_URL: redis.url, REDIS_TIMEOUT_MS: '10000' })

async function start(t: TestContext, name: string, settings: NodeJS.ProcessEnv): Promise<Server> {
  const server = await startServer({ SCHEME: name, KEYS: keys, ...common(), ...settings })
  t.after(() => server.stop())
  return server
}

/** Calls of a command since the server of Redis began. */
async function calls(command: string): Promise<number> {
  return (await callsOf(client))[command] ?? 0
}

/** What any scheme must do: tell users apart, remember, refuse what nobody issued, end a login. */
async function behaves(server: Server, name: string): Promise<void> {
  const scheme = schemeOf(name)
  let credential = await login(server, scheme, 1)
  const other = await login(server, scheme, 2)
  const changed = await prefer(server, credential, { theme: 'dark' })
  credential = issued(scheme, changed) ?? credential
  assert.deepEqual(JSON.parse((await me(server, credential)).text).preferences, { theme: 'dark' })
  assert.equal(JSON.parse((await me(server, other)).text).username, 'user2')
  const { header, prefix, secret } = secretOf(credential)
  const middle = Math.floor(secret.length / 2)
  const tampered = `${secret.slice(0, middle)}${secret[middle] === 'A' ? 'B' : 'A'}${secret.slice(middle + 1)}`
  assert.equal((await me(server, { [header]: prefix + tampered })).status, 401)
  assert.equal((await logout(server, credential)).status, 204)
  const expected = endsHere(scheme) ? 401 : 200
  assert.equal((await me(server, credential)).status, expected)
  assert.equal((await me(server, other)).status, 200)
}

describe('TOUCH', { concurrency: true }, () => {
  const TTL_SEC = 3
  for (const [touch, expected] of [
    ['1', 200],
    ['0', 401],
  ] as const)
    test(`${touch}: a session that is read all the time is answered ${expected} after its lifetime`, async (t) => {
      const server = await start(t, 'session-redis', { TOUCH: touch, TTL_SEC: String(TTL_SEC) })
      const credential = await login(server, schemeOf('session-redis'), 1)
      const loggedIn = performance.now()
      let status = 200
      while (performance.now() < loggedIn + 1000 * (TTL_SEC + 1)) {
        status = (await me(server, credential)).status
        await sleep(100)
      }
      assert.equal(status, expected)
    })
})

test('TOUCH 0: a read is one command, a change prolongs, and the rest is as before', async (t) => {
  const server = await start(t, 'session-redis', { TOUCH: '0', KEY_PREFIX: 'untouched:' })
  const credential = await login(server, schemeOf('session-redis'), 1)
  const [key = ''] = await client.keys('untouched:*')
  await client.expire(key, 100)
  const before = await calls('get')
  for (let i = 0; i < 5; i += 1) await me(server, credential)
  assert.equal((await calls('get')) - before, 5)
  assert.ok((await client.ttl(key)) <= 100)
  await prefer(server, credential, {})
  assert.ok((await client.ttl(key)) > 100)
  await behaves(server, 'session-redis')
})

describe('AUTO_PIPELINING', { concurrency: true }, () => {
  /** Counts what is written to Redis, whose requests begin with an asterisk, and tells it at the end. */
  const hook = `import { Socket } from 'node:net'
    const { write } = Socket.prototype
    let writes = 0
    Socket.prototype.write = function (data, ...rest) {
      if (String(data).startsWith('*')) writes += 1
      return write.call(this, data, ...rest)
    }
    process.once('SIGTERM', () => console.log('writes ' + writes))`
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`
  const READS = 400

  for (const name of ['session-redis', 'session-redis-tuned'])
    for (const setting of ['0', '1'])
      test(`${setting}: ${name}`, async (t) => {
        // How long a busy machine takes for so many at once is not the question here.
        const settings = { AUTO_PIPELINING: setting, NODE_OPTIONS, REDIS_TIMEOUT_MS: '10000' }
        const server = await start(t, name, settings)
        await behaves(server, name)
        const credential = await login(server, schemeOf(name), 1)
        const replies = await Promise.all(Array.from({ length: READS }, () => me(server, credential)))
        assert.ok(replies.every(({ status }) => status === 200))
        await server.stop()
        const writes = Number(/^writes (\d+)$/m.exec(server.output())?.[1])
        const commands = READS * (name === 'session-redis' ? 2 : 1)
        t.diagnostic(`${writes} writes for ${commands} commands and a few more`)
        assert.equal(writes < commands, setting === '1')
      })
})

describe('KEY_FORM', { concurrency: 2 }, () => {
  test('what the verifier holds is of that form', async () => {
    const ring = JSON.parse(keys)
    const held = async (keyForm: KeyForm, algorithm: Algorithm) => {
      const { secret, verifiers } = await importKeys({ keys: ring, keyForm }, algorithm)
      return secret ?? [...verifiers.values()][0]
    }
    for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA'] as const) {
      assert.equal(String(await held('crypto-key', algorithm)), '[object CryptoKey]')
      const object = (await held('key-object', algorithm)) as KeyObject
      assert.equal(object.type, algorithm === 'HS256' ? 'secret' : 'public')
      const bytes = await held('bytes', algorithm)
      if (algorithm === 'HS256') assert.deepEqual(bytes, Buffer.from(ring.HS256.k, 'base64url'))
      else assert.match(String(bytes), /^-----BEGIN PUBLIC KEY-----/)
    }
  })

  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.token === 'jws')) {
    describe(name, () => {
      let plain: Server
      let stranger: Server
      before(async () => {
        const settings = { SCHEME: name, ...common() }
        ;[plain, stranger] = await Promise.all([
          startServer({ ...settings, KEYS: keys }),
          startServer({ ...settings, KEYS: otherKeys }),
        ])
      })
      after(() => Promise.all([plain.stop(), stranger.stop()]))

      for (const form of ['key-object', 'bytes'])
        test(`${form}: ${name}`, async (t) => {
          const server = await start(t, name, { KEY_FORM: form })
          await behaves(server, name)
          // The same key whatever its form: replicas of a rolling change accept each other's tokens.
          assert.equal((await me(server, await login(plain, scheme, 3))).status, 200)
          assert.equal((await me(plain, await login(server, scheme, 3))).status, 200)
          assert.equal((await me(server, await login(stranger, scheme, 3))).status, 401)
        })
    })
  }
})

describe('DENYLIST_CACHE_SEC', () => {
  const NAME = 'jwt-denylist'
  const CACHE_SEC = 2

  test('a logout is seen at once where it happened, and within the bound on another replica', async (t) => {
    const settings = { DENYLIST_CACHE_SEC: String(CACHE_SEC) }
    const [here, there] = await Promise.all([start(t, NAME, settings), start(t, NAME, settings)])
    const [ended, kept] = [await login(here, schemeOf(NAME), 1), await login(here, schemeOf(NAME), 1)]
    const looks = (credential: Credential) => Promise.all([here, there].map((one) => me(one, credential)))
    for (const reply of [...(await looks(ended)), ...(await looks(kept))]) assert.equal(reply.status, 200)
    assert.equal((await logout(here, ended)).status, 204)
    assert.equal((await me(here, ended)).status, 401)
    await sleep(1000 * CACHE_SEC)
    assert.deepEqual(
      (await looks(ended)).map(({ status }) => status),
      [401, 401],
    )
    assert.deepEqual(
      (await looks(kept)).map(({ status }) => status),
      [200, 200],
    )
  })

  test('spares Redis questions, and behaves as the scheme does', async (t) => {
    const server = await start(t, NAME, { DENYLIST_CACHE_SEC: '60' })
    await behaves(server, NAME)
    const credential = await login(server, schemeOf(NAME), 1)
    const before = await calls('exists')
    for (let i = 0; i < 20; i += 1) assert.equal((await me(server, credential)).status, 200)
    assert.equal((await calls('exists')) - before, 1)
  })
})

describe('Redis on a Unix socket', { concurrency: true }, () => {
  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.state.includes('redis')))
    test(name, async (t) => {
      const server = await start(t, name, { REDIS_URL: redis.socketUrl ?? '', KEY_PREFIX: `${name}:` })
      await behaves(server, name)
      const clients = String(await client.client('LIST'))
      assert.match(clients, /addr=[^ ]*redis\.sock/)
      // The keys are where another replica, on TCP, finds them.
      const over = await start(t, name, { KEY_PREFIX: `${name}:` })
      assert.equal((await me(over, await login(server, scheme, 1))).status, 200)
    })
})
