/** Requests that another site caused must change nothing where the browser attaches the credential by itself. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { issued, login, loginCall, me, send } from '../testing/client.ts'
import { everyScheme, type Server, startServer, startShared } from '../testing/servers.ts'

const { redis, keys } = await startShared()

/** An empty list leaves the header out, against the client's default. */
const ABSENT: string[] = []

const foreign: Record<string, Record<string, string | string[]>> = {
  'Sec-Fetch-Site: cross-site': { 'Sec-Fetch-Site': 'cross-site' },
  'Sec-Fetch-Site: same-site': { 'Sec-Fetch-Site': 'same-site' },
  'Sec-Fetch-Site: cross-site and our Origin': {
    'Sec-Fetch-Site': 'cross-site',
    Origin: 'http://app.test',
    Host: 'app.test',
  },
  'another Origin': { 'Sec-Fetch-Site': ABSENT, Origin: 'https://evil.test', Host: 'app.test' },
  'Origin: null': { 'Sec-Fetch-Site': ABSENT, Origin: 'null', Host: 'app.test' },
  'an Origin that contains ours': {
    'Sec-Fetch-Site': ABSENT,
    Origin: 'https://app.test.evil.test',
    Host: 'app.test',
  },
  'neither header': { 'Sec-Fetch-Site': ABSENT },
}

const own: Record<string, Record<string, string | string[]>> = {
  'Sec-Fetch-Site: same-origin': { 'Sec-Fetch-Site': 'same-origin' },
  'Sec-Fetch-Site: none': { 'Sec-Fetch-Site': 'none' },
  'our Origin': { 'Sec-Fetch-Site': ABSENT, Origin: 'https://app.test', Host: 'app.test' },
}

for (const { name, scheme } of everyScheme) {
  const { transport } = scheme.traits
  const refused = transport === 'cookie' ? 403 : 200
  describe(name, () => {
    let server: Server
    before(async () => {
      server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url })
    })
    after(async () => {
      await server.stop()
    })

    test(`requests of other sites: ${refused}`, async () => {
      const credential = await login(server, scheme, 1)
      for (const [what, headers] of Object.entries(foreign)) {
        const change = { method: 'PUT', headers: { ...credential, ...headers }, body: { theme: 'theirs' } }
        assert.equal((await send(server, '/me/preferences', change)).status, refused, what)
        assert.equal((await send(server, '/login', { ...loginCall(2), headers })).status, refused, what)
        assert.equal(
          (await send(server, '/me', { headers: { ...credential, ...headers } })).status,
          200,
          what,
        )
        if (transport !== 'cookie') continue
        const logout = await send(server, '/logout', {
          method: 'POST',
          headers: { ...credential, ...headers },
        })
        assert.equal(logout.text, '{"error":"cross-site request"}', what)
        assert.equal(JSON.parse((await me(server, credential)).text).preferences.theme, undefined)
      }
    })

    test('requests of our own pages', async () => {
      for (const [what, headers] of Object.entries(own)) {
        const credential = await login(server, scheme, 1)
        const change = { method: 'PUT', headers: { ...credential, ...headers }, body: { theme: 'mine' } }
        const reply = await send(server, '/me/preferences', change)
        assert.equal(reply.status, 200, what)
        const { preferences } = JSON.parse((await me(server, issued(scheme, reply) ?? credential)).text)
        assert.deepEqual(preferences, { theme: 'mine' }, what)
      }
    })

    if (transport !== 'cookie') return
    test('the cookie is bound to this host, to TLS, and hidden from scripts', async () => {
      const cookie = String((await send(server, '/login', loginCall(1))).headers['set-cookie'])
      assert.match(cookie, /^__Host-(sid|token)=[^;]+;/)
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/', 'Expires='])
        assert.ok(cookie.includes(`; ${attribute}`))
      assert.ok(!/domain/i.test(cookie))
    })

    test('no login over plain HTTP', async () => {
      const reply = await send(server, '/login', {
        ...loginCall(1),
        headers: { 'X-Forwarded-Proto': 'http' },
      })
      assert.equal(reply.status, 403)
      assert.equal(reply.headers['set-cookie'], undefined)
    })
  })
}
