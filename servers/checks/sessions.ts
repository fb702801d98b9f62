/** Checks of what a server keeps: ids of sessions, what a store holds, what becomes of a login when the store fails. */
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { login, loginCall, logout, me, prefer, secretOf, send } from '../testing/client.ts'
import { privateRedis, startRedis } from '../testing/redis.ts'
import { type Bed, type Check, freshLogin, hasLogin, isSession, renews, usesRedis } from './check.ts'

/** Of each scheme. `IDS=100000 node --import tsx --test servers/checks/guarantees.test.ts` takes minutes, and finds rarer repeats. */
const IDS = Number(process.env.IDS ?? 2_000)
const LEAST_ID_BITS = 128
const commandsOf = async (client: Redis) => {
  const stats = await client.info('stats')
  return Number(/total_commands_processed:(\d+)/.exec(stats)?.[1])
}

export const sessionChecks: readonly Check[] = [
  {
    id: 10,
    anchor: 'A5 7.2.3',
    title:
      'ids of 2,000 sessions (or as many as IDS says) are unique, of at least 128 bits, and do not resemble each other',
    applies: isSession,
    async run({ server, scheme }) {
      const ids: string[] = []
      for (let i = 0; i < IDS / 50; i += 1)
        ids.push(
          ...(await Promise.all(
            Array.from({ length: 50 }, async () => secretOf(await login(server, scheme, i)).secret),
          )),
        )
      assert.equal(new Set(ids).size, IDS)
      // The id of express-session stands between `s:` and its signature.
      const values = ids.map((id) =>
        decodeURIComponent(id)
          .replace(/^s:([^.]+)\..*$/, '$1')
          .replace('.', ''),
      )
      for (const value of values) assert.ok(6 * value.length >= LEAST_ID_BITS, `${value.length} characters`)
      for (const at of [0, 5, 11, 20]) {
        const seen = new Set(values.map((value) => value[at]))
        assert.ok(seen.size >= 62, `${seen.size} of 64 characters at place ${at}`)
      }
    },
  },
  {
    id: 11,
    anchor: 'A5 7.2.4',
    title: 'a login gets a new id, and the session that came with it ends',
    applies: isSession,
    async run({ server, scheme }) {
      const first = await login(server, scheme, 11)
      const second = await login(server, scheme, 12, first)
      assert.notEqual(secretOf(second).secret, secretOf(first).secret)
      assert.equal((await me(server, first)).status, 401)
      assert.equal(JSON.parse((await me(server, second)).text).username, 'user12')
    },
  },
  {
    id: 12,
    anchor: 'OWASP session fixation',
    title: 'an unknown id is never adopted, however well it is made',
    applies: isSession,
    async run({ server, scheme, keys }) {
      const id = randomBytes(18).toString('base64url')
      const mac = createHmac('sha256', JSON.parse(keys).sessionSecret).update(id).digest('base64')
      const signed = encodeURIComponent(`s:${id}.${mac.replace(/=+$/, '')}`)
      const pair = `${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`
      const planted = { Cookie: `__Host-sid=${scheme.traits.unsigned ? pair : signed}` }
      assert.equal((await me(server, planted)).status, 401)
      const own = await login(server, scheme, 13, planted)
      assert.notEqual(own.Cookie, planted.Cookie)
      assert.equal((await me(server, planted)).status, 401)
    },
  },
  {
    id: 13,
    anchor: 'RFC 6265, 8.6',
    title: 'an unsigned or tampered cookie is answered 401, and the store is not asked',
    applies: (traits) =>
      isSession(traits) &&
      (!traits.unsigned || 'nothing is signed: the store is asked for the id, then the secret is compared'),
    async run({ start, scheme }, t) {
      // A Redis of its own, where nobody else sends commands.
      const { url, client } = await privateRedis(t)
      const server = await start(t, { REDIS_URL: url })
      const { secret } = secretOf((await freshLogin(server, scheme)).credential)
      const before = await commandsOf(client)
      for (const value of [secret.replace(/\.[^.]*$/, ''), `${secret}x`, secret.replace('s%3A', ''), 'x'])
        assert.equal((await me(server, { Cookie: `__Host-sid=${value}` })).status, 401)
      // The question itself is one.
      assert.equal((await commandsOf(client)) - before, 1)
    },
  },
  {
    id: 19,
    anchor: 'as CVE-2025-46336',
    title: 'a change under way when the logout is acknowledged does not log in again',
    applies: (traits) =>
      isSession(traits) && (!traits.stock || 'the packages write back what the request had read'),
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      let sendBody = (_text: string) => {}
      const body = new Promise<string>((resolve) => {
        sendBody = resolve
      })
      const change = prefer(server, credential, body)
      // Until the change has been let in; it waits for its body then.
      await sleep(300)
      assert.equal((await logout(server, credential)).status, 204)
      sendBody('{"theme":"dark"}')
      await change
      assert.equal((await me(server, credential)).status, 401)
    },
  },
  {
    id: 20,
    anchor: 'express-session #361',
    title: '500 parallel changes of the state are all kept, or the loss is counted',
    applies: (traits) =>
      hasLogin(traits) && 'the whole state is replaced; the experiment `anomalies` counts what is lost',
    run: async () => {},
  },
  {
    id: 21,
    anchor: 'A5 16.5.3',
    title: 'a store that refuses to write at login: 5xx, and no credential',
    applies: (traits) => usesRedis(traits) && (isSession(traits) || renews(traits)),
    async run({ start, scheme }, t) {
      const redis = await startRedis()
      t.after(() => redis.stop())
      const server = await start(t, { REDIS_URL: redis.url })
      await login(server, scheme, 1)
      const full = await fullStore(redis.url)
      const reply = await send(server, '/login', loginCall(2))
      full.disconnect()
      assert.deepEqual([reply.status, reply.text], [503, '{"error":"unavailable"}'])
      assert.equal(reply.headers['set-cookie'], undefined)
    },
  },
  {
    id: 22,
    anchor: 'as CVE-2019-16782',
    title: 'Redis holds no session id and no refresh token that a client sends',
    applies: (traits) =>
      usesRedis(traits) &&
      (!traits.storesRawId || 'its key is the id; a reader of Redis still lacks the signature'),
    async run({ server, redis }) {
      const reply = await send(server, '/login', loginCall(22))
      const sent = [
        ...[reply.headers['set-cookie'] ?? []].flat().map((cookie) => /=([^;]+)/.exec(cookie)?.[1] ?? ''),
        ...Object.values(JSON.parse(reply.text) as Record<string, string>),
      ]
      assert.ok(sent.length > 0)
      // The last part is the secret; an id before it is public.
      const secrets = sent.map((text) => text.split('.').at(-1) ?? '')
      for (const text of await everything(redis.client, redis.prefix))
        for (const secret of secrets) assert.ok(!text.includes(secret))
    },
  },
  {
    id: 44,
    anchor: 'A5 16.5.1-3',
    title: 'Redis is gone: requests that need it are answered 503 in time, none 200 wrongly, and none hangs',
    applies: usesRedis,
    async run({ start, scheme }, t) {
      const redis = await startRedis()
      const server = await start(t, { REDIS_URL: redis.url })
      const credential = await login(server, scheme, 1)
      await redis.stop()
      const { status, text, tookMs } = await logout(server, credential)
      assert.deepEqual([status, text], [503, '{"error":"unavailable"}'])
      assert.ok(tookMs < 5_000, `${tookMs} ms`)
      const look = (await me(server, credential)).status
      assert.equal(look, scheme.traits.token && renews(scheme.traits) ? 200 : 503)
    },
  },
]

/** Makes Redis refuse every write from now on. */
async function fullStore(url: string): Promise<Redis> {
  const client = new Redis(url)
  await client.config('SET', 'maxmemory-policy', 'noeviction')
  await client.config('SET', 'maxmemory', '1')
  return client
}

/** Keys and values of a replica's own, as text. */
async function everything(client: Bed['redis']['client'], prefix: string): Promise<string[]> {
  const keys = await client.keys(`${prefix}*`)
  const values = await Promise.all(
    keys.map(async (key) => {
      const type = await client.type(key)
      if (type === 'hash') return JSON.stringify(await client.hgetall(key))
      if (type === 'set') return JSON.stringify(await client.smembers(key))
      return String(await client.get(key))
    }),
  )
  return [...keys, ...values]
}
