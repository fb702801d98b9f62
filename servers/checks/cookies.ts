/** Checks of cookies, and of requests that other sites cause. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheme } from '../contract.ts'
import { issued, loginCall, me, prefer, type Reply, send } from '../testing/client.ts'
import type { Server } from '../testing/servers.ts'
import { type Check, freshLogin, hasLogin, isCookie, isSession } from './check.ts'

const COOKIE_LIMIT_BYTES = 4096
const OWN_ORIGIN = 'https://app.example'
/** For a server whose pages are at https://app.example. */
const FOREIGN_ORIGINS = [
  ...['https://example.com', 'http://app.example', 'https://app.example:8443', 'https://app.example.'],
  ...['https://user@app.example', 'https://app.example/path', 'https://app.example/', 'HTTPS://app.example'],
  ...['ftp:', 'ws:', 'file:', 'chrome-extension:'].map((scheme) => `${scheme}//app.example`),
  ...['null', 'app.example', '', 'https://app.example, https://example.com'],
]

export const cookieChecks: readonly Check[] = [
  {
    id: 1,
    anchor: 'A5 3.3.1-4',
    title:
      'the cookie of a login is __Host-, Secure, HttpOnly, SameSite, Path=/, without Domain; plain HTTP logs a warning',
    applies: isCookie,
    async run({ server, start }, t) {
      const [cookie = ''] = (await send(server, '/login', loginCall(1))).headers['set-cookie'] ?? []
      assert.match(cookie, /^__Host-(?:sid|token)=/)
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'])
        assert.ok(cookie.split('; ').includes(attribute), `${attribute} in ${cookie.replace(/=[^;]*/, '')}`)
      assert.doesNotMatch(cookie, /Domain/i)
      assert.match(
        (await start(t, { PLAIN_HTTP: '1' })).output(),
        /PLAIN_HTTP=1: credentials travel unencrypted/,
      )
    },
  },
  {
    id: 2,
    anchor: 'A5 3.3.5',
    title:
      'the largest cookie is no larger than browsers keep, 4,096 bytes; more state is refused, never dropped',
    applies: isCookie,
    async run({ server, scheme, start }, t) {
      const { credential } = await freshLogin(server, scheme)
      const reply = await prefer(server, credential, { a: '"'.repeat(1020) })
      assert.equal(reply.status, 200)
      for (const cookie of reply.headers['set-cookie'] ?? []) assertKept(cookie)
      const large = await start(t, { STATE_BYTES: '6000' })
      const answer = await send(large, '/login', loginCall(1))
      if (scheme.traits.token === undefined) assert.equal(answer.status, 200)
      else assert.deepEqual([answer.status, answer.headers['set-cookie']], [500, undefined])
    },
  },
  {
    id: 5,
    anchor: 'A5 3.3.4',
    title: 'the credential is in Set-Cookie and in no body',
    applies: isCookie,
    async run({ server }) {
      const reply = await send(server, '/login', loginCall(2))
      const value = /=([^;]+)/.exec(reply.headers['set-cookie']?.[0] ?? '')?.[1]
      assert.ok(value)
      const look = await me(server, { Cookie: `__Host-sid=${value}; __Host-token=${value}` })
      for (const { text } of [reply, look]) assert.ok(!text.includes(value))
    },
  },
  {
    id: 9,
    anchor: 'A5 4.1.3',
    title: 'X-Forwarded-Proto of a client that is no trusted proxy is ignored: no login over plain HTTP',
    applies: isCookie,
    async run({ start }, t) {
      const own = Object.values(networkInterfaces()).flat()
      const address = own.find((one) => one && one.family === 'IPv4' && !one.internal)?.address
      if (address === undefined)
        return t.skip('this machine has no address but loopback, whose proxies are trusted')
      const server = await start(t, { HOST: address })
      const reply = await send(
        { ...server, url: server.url.replace('127.0.0.1', address) },
        '/login',
        loginCall(1),
      )
      assert.deepEqual([reply.status, reply.headers['set-cookie']], [403, undefined])
    },
  },
  {
    id: 47,
    anchor: 'RFC 6265, 5.3',
    title: 'a client that drops cookies when they say so is let in for as long as it uses its session',
    applies: isSession,
    async run({ start, scheme }, t) {
      const server = await start(t, { TTL_SEC: '4', NEAR_CACHE_SEC: '1' })
      const { statuses, cookies } = await inUse(server, scheme, 6)
      assert.deepEqual(new Set(statuses), new Set([200]))
      assert.ok(cookies < statuses.length / 2, `${cookies} replies to reads set a cookie`)
    },
    stock: {
      reason:
        'without `rolling`, which their READMEs leave out, the cookie ends `TTL_SEC` after the login, although the ' +
        'session lives on',
      async run({ start, scheme }, t) {
        const { statuses } = await inUse(await start(t, { TTL_SEC: '3' }), scheme, 5)
        assert.deepEqual([statuses[0], statuses.at(-1)], [200, 401])
      },
    },
  },
  {
    id: 40,
    anchor: 'A5 3.5.1-3',
    title: 'a POST of another site, by Sec-Fetch-Site or Origin, or with neither, is answered 403',
    applies: isCookie,
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const from = async (headers: Record<string, string>) =>
        (await send(server, '/logout', { method: 'POST', headers: { ...credential, ...headers } })).status
      const without = { 'Sec-Fetch-Site': [] as unknown as string }
      for (const site of ['cross-site', 'same-site'])
        assert.equal(await from({ 'Sec-Fetch-Site': site }), 403)
      for (const origin of FOREIGN_ORIGINS)
        assert.equal(await from({ ...without, Host: 'app.example', Origin: origin }), 403, origin)
      assert.equal(await from({ ...without, Host: 'app.example, app.example', Origin: OWN_ORIGIN }), 403)
      assert.equal(await from(without), 403)
      assert.equal((await me(server, credential)).status, 200, 'and nothing was done')
      for (const host of ['app.example', 'app.example:443', 'APP.Example']) {
        const headers = { ...credential, ...without, Host: host, Origin: OWN_ORIGIN }
        const change = await send(server, '/me/preferences', { method: 'PUT', headers, body: {} })
        assert.equal(change.status, 200, `one of our own pages may: ${host}`)
      }
      assert.equal(await from({}), 204, 'so may one that the browser says is ours')
    },
  },
  {
    id: 41,
    anchor: 'OWASP CSRF',
    title: 'a CSRF token of another session is answered 403',
    applies: (traits) =>
      isCookie(traits) && 'there is no such token: the browser itself says where a request comes from (40)',
    run: async () => {},
  },
  {
    id: 42,
    anchor: 'A5 3.4.2',
    title: 'a hostile Origin gets no Access-Control-Allow-Origin',
    applies: hasLogin,
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const headers = { ...credential, Origin: 'https://example.com', 'Access-Control-Request-Method': 'PUT' }
      for (const method of ['GET', 'OPTIONS']) {
        const reply = await send(server, '/me', { method, headers })
        assert.deepEqual(
          Object.keys(reply.headers).filter((name) => name.startsWith('access-control')),
          [],
        )
      }
    },
  },
]

/** Looks each second, as a browser: it sends a cookie only until that has expired, and takes each new one. */
async function inUse(server: Server, scheme: Scheme, seconds: number) {
  const reply = await send(server, '/login', loginCall(47))
  let [credential, endsMs] = [issued(scheme, reply) ?? {}, expiryMs(reply)]
  const statuses: number[] = []
  let cookies = 0
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000)
    const look = await me(server, Date.now() < endsMs ? credential : {})
    statuses.push(look.status)
    const renewed = issued(scheme, look)
    if (!renewed) continue
    cookies += 1
    credential = renewed
    endsMs = expiryMs(look)
  }
  return { statuses, cookies }
}

/** When a browser drops the cookie of a reply (RFC 6265, section 5.2: Max-Age goes before Expires). */
function expiryMs({ headers }: Reply): number {
  const cookie = String(headers['set-cookie'])
  const maxAge = /Max-Age=(\d+)/i.exec(cookie)?.[1]
  const expires = /Expires=([^;]+)/i.exec(cookie)?.[1]
  if (maxAge !== undefined) return Date.now() + 1_000 * Number(maxAge)
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires)
}

function assertKept(cookie: string): void {
  const [pair = ''] = cookie.split(';')
  assert.ok(Buffer.byteLength(pair) - 1 <= COOKIE_LIMIT_BYTES, `${Buffer.byteLength(pair)} bytes`)
}
