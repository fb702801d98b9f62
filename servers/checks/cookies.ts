/** Checks of cookies, and of requests that other sites cause. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { loginCall, me, prefer, send } from '../testing/client.ts'
import { type Check, freshLogin, hasLogin, isCookie } from './check.ts'

const COOKIE_LIMIT_BYTES = 4096

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
      assert.equal(await from({ ...without, Origin: 'https://example.com' }), 403)
      assert.equal(await from(without), 403)
      assert.equal((await me(server, credential)).status, 200, 'and nothing was done')
      assert.equal(await from({}), 204, 'one of our own pages may')
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

function assertKept(cookie: string): void {
  const [pair = ''] = cookie.split(';')
  assert.ok(Buffer.byteLength(pair) - 1 <= COOKIE_LIMIT_BYTES, `${Buffer.byteLength(pair)} bytes`)
}
