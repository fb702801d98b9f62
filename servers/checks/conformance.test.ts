/**
 * Asks the same of every scheme, over HTTP, from real processes; what may differ follows the declared traits. On the Node of the
 * tests, which may be the oldest that is supported: all other tests of servers take the one that is measured.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheme } from '../contract.ts'
import {
  type Credential,
  endsHere,
  issued,
  login,
  loginCall,
  logout,
  me,
  prefer,
  type Reply,
  secretOf,
  send,
} from '../testing/client.ts'
import { everyScheme, makeKeys, type Server, startServer, startShared, thisNode } from '../testing/servers.ts'

const USERS = 100
const SHORT_TTL_SEC = 2
/** A token's lifetime is counted in whole seconds, and one more is tolerated between clocks. */
const EXPIRED_MS = (SHORT_TTL_SEC + 2) * 1000

const { redis, keys } = await startShared()
const otherKeys = await makeKeys()
let expected: Transcript

/** Two servers of a scheme: the second one with other keys, and logins that soon expire. */
async function startPair(name: string): Promise<{ server: Server; shortLived: Server }> {
  // A slow Redis is stores/redis.test.ts's question; here a busy machine must not look like one.
  const settings = { SCHEME: name, REDIS_URL: redis.url, REDIS_TIMEOUT_MS: '10000' }
  const [server, shortLived] = await Promise.all([
    startServer({ ...settings, KEYS: keys }, thisNode),
    startServer({ ...settings, KEYS: otherKeys, TTL_SEC: String(SHORT_TTL_SEC) }, thisNode),
  ])
  return { server, shortLived }
}

before(async () => {
  const control = everyScheme.find(({ scheme }) => scheme.traits.transport === 'none')
  assert.ok(control)
  const server = await startServer({ SCHEME: control.name, KEYS: keys }, thisNode)
  expected = await transcript(server, control.scheme)
  await server.stop()
})

// Mostly they wait for lifetimes to end.
describe('every scheme', { concurrency: 5 }, () => {
  for (const { name, scheme } of everyScheme) {
    describe(name, { concurrency: true }, () => {
      let server: Server
      let shortLived: Server
      before(async () => {
        ;({ server, shortLived } = await startPair(name))
      })
      after(async () => {
        assert.deepEqual(await Promise.all([server.stop(), shortLived.stop()]), [0, 0])
        assert.equal(
          server.output().split('\n').length,
          2,
          `more than the listening line: ${server.output()}`,
        )
      })

      test('answers what the control answers', async () => {
        assert.deepEqual(await transcript(server, scheme), expected)
      })
      test('keeps users apart', () => keepsUsersApart(server, scheme))
      test('says who it is', async () => {
        const { scheme: own, replica, nonce, pid } = JSON.parse((await send(server, '/healthz')).text)
        assert.deepEqual(
          { own, replica, nonce, pid },
          { own: name, replica: 'r1', nonce: '', pid: server.child.pid },
        )
      })
      test('survives a header of 17 KB', async () => {
        assert.equal(
          (await send(server, '/me', { headers: { 'X-Long': 'x'.repeat(17 * 1024) } })).status,
          431,
        )
        assert.equal((await send(server, '/healthz')).status, 200)
      })
      if (scheme.traits.transport === 'none') return
      // Where nothing is signed there is no key: all servers with this store know the session.
      if (!scheme.traits.unsigned)
        test('refuses a credential of other keys', async () => {
          const credential = await login(shortLived, scheme, 1)
          assert.equal((await me(shortLived, credential)).status, 200)
          assertUnauthorized(scheme, await me(server, credential))
        })
      test('refuses an expired credential', () => expires(shortLived, scheme))
      test(`logout works ${scheme.traits.revocation}`, () => revokes(server, shortLived, scheme))
      test('writes no credential to its output', () => logsNothing(server, scheme))
    })
  }
})

type Transcript = Record<string, { status: number; headers: Record<string, unknown>; body: unknown }>

/** Replies to one client's whole visit, without the credentials and what must differ with them. */
async function transcript(server: Server, scheme: Scheme): Promise<Transcript> {
  const entries: Transcript = {}
  const note = async (title: string, pending: Promise<Reply>) => {
    const reply = await pending
    const token = issued(scheme, reply)?.Cookie === undefined && reply.text.includes('"token":')
    const {
      date: _,
      'set-cookie': _cookie,
      'www-authenticate': _scheme,
      'content-length': length,
      ...rest
    } = reply.headers
    const headers = token || title === 'login' || title === 'change' ? rest : { ...rest, length }
    const body = token ? withoutToken(reply.text) : reply.text
    entries[title] = { status: reply.status, headers, body }
    return reply
  }
  const post = (path: string, body: unknown) => send(server, path, { method: 'POST', body })
  await note('wrong password', post('/login', { username: 'user7', password: 'password-8' }))
  await note('unknown user', post('/login', { username: 'user1000', password: 'password-1000' }))
  await note('login without a body', send(server, '/login', { method: 'POST' }))
  for (const body of ['{', '[]', '"x"', '{"username":"user7"}', '{"username":7,"password":{}}']) {
    await note(`login with ${body}`, post('/login', body))
  }
  await note('login of 20 KB', post('/login', { username: 'x'.repeat(20_000), password: '' }))

  let credential = issued(scheme, await note('login', send(server, '/login', loginCall(7)))) as Credential
  await note('first look', me(server, credential))
  const change = await note('change', prefer(server, credential, '{"theme":"dark","1":"é","__proto__":"x"}'))
  credential = issued(scheme, change) ?? credential
  await note('second look', me(server, credential))
  for (const body of ['{', '[]', '{"a":1}', 'null', JSON.stringify({ a: 'x'.repeat(2048) })]) {
    await note(`change to ${body.slice(0, 10)}`, prefer(server, credential, body))
  }
  await note('change without a body', send(server, '/me/preferences', { method: 'PUT', headers: credential }))
  await note('third look', me(server, credential))
  const largest = await prefer(server, credential, { a: '"'.repeat(1020) })
  assert.equal(largest.status, 200)
  credential = issued(scheme, largest) ?? credential
  // RFC 6265 lets a browser drop a cookie whose name and value exceed 4,096 bytes.
  assert.ok((Object.values(credential)[0]?.length ?? 0) <= 4096)
  await note('look at the largest', me(server, credential))

  await note('look without a credential', me(server, {}))
  await note('change without a credential', prefer(server, {}, {}))
  await note('logout without a credential', logout(server, {}))
  await note(
    'credential in the URL',
    send(server, `/me?${new URLSearchParams(credential as Record<string, string>)}`),
  )
  await note('logout', logout(server, credential))
  await note('public', send(server, '/public'))
  await note('unknown path', send(server, '/nowhere'))
  await note('malformed path', send(server, '/%'))
  await note('unknown method', send(server, '/me', { method: 'DELETE' }))
  return entries
}

function withoutToken(text: string): string {
  const { token: _, refreshToken: _refresh, ...rest } = JSON.parse(text)
  return JSON.stringify(rest)
}

/** All users at once read and write; each must find itself and its own last write every time. */
async function keepsUsersApart(server: Server, scheme: Scheme): Promise<void> {
  const visit = async (user: number) => {
    let credential = await login(server, scheme, user)
    for (const round of ['first', 'second']) {
      const preferences = { owner: `user${user}`, round }
      const reply = await prefer(server, credential, preferences)
      credential = issued(scheme, reply) ?? credential
      const looks = await Promise.all([me(server, credential), me(server, credential)])
      for (const look of looks) {
        const { username, email, preferences: seen } = JSON.parse(look.text)
        assert.deepEqual(
          { username, email, seen },
          { username: `user${user}`, email: `user${user}@example.com`, seen: preferences },
        )
      }
    }
  }
  // Away from user7, whose transcript runs at the same time.
  await Promise.all(Array.from({ length: USERS }, (_, i) => visit(100 + i)))
}

function assertUnauthorized({ traits }: Scheme, reply: Reply): void {
  assert.deepEqual(
    { status: reply.status, text: reply.text, challenge: reply.headers['www-authenticate'] },
    {
      status: 401,
      text: '{"error":"unauthorized"}',
      challenge: traits.transport === 'bearer' ? 'Bearer' : undefined,
    },
  )
}

async function expires(server: Server, scheme: Scheme): Promise<void> {
  const credential = await login(server, scheme, 2)
  assert.equal((await me(server, credential)).status, 200)
  await sleep(EXPIRED_MS)
  assertUnauthorized(scheme, await me(server, credential))
}

async function revokes(server: Server, shortLived: Server, scheme: Scheme): Promise<void> {
  const [ended, other] = [await login(server, scheme, 3), await login(server, scheme, 3)]
  const changed = issued(scheme, await prefer(server, ended, { a: 'b' }))
  assert.equal((await logout(server, ended)).status, 204)
  assert.equal((await me(server, other)).status, 200, 'another login of the same user goes on')
  if (endsHere(scheme)) {
    assertUnauthorized(scheme, await me(server, ended))
    assertUnauthorized(scheme, await logout(server, ended))
    if (changed) assertUnauthorized(scheme, await me(server, changed))
    return
  }
  assert.equal((await me(server, ended)).status, 200, 'declared: works until it expires')
  const brief = await login(shortLived, scheme, 3)
  assert.equal((await logout(shortLived, brief)).status, 204)
  assert.equal((await me(shortLived, brief)).status, 200)
  await sleep(EXPIRED_MS)
  assertUnauthorized(scheme, await me(shortLived, brief))
}

async function logsNothing(server: Server, scheme: Scheme): Promise<void> {
  const credential = await login(server, scheme, 4)
  const { secret } = secretOf(credential)
  await me(server, credential)
  await me(server, {
    ...credential,
    Cookie: `sid=${secret}; sid=${secret}`,
    Authorization: `Bearer ${secret}x`,
  })
  await send(server, '/login', { method: 'POST', body: '{"username":"user4","password":"password-4' })
  for (const text of [secret, 'password-4', JSON.parse(keys).sessionSecret, JSON.parse(keys).HS256.k]) {
    assert.ok(!server.output().includes(text))
  }
}
