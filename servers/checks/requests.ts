/** Checks of what every scheme answers to requests that are wrong, ambiguous or hostile. */
import assert from 'node:assert/strict'
import { loginCall, me, prefer, secretOf, send } from '../testing/client.ts'
import { type Check, freshLogin, hasLogin, isToken } from './check.ts'

export const requestChecks: readonly Check[] = [
  {
    id: 3,
    anchor: 'A5 14.2.1',
    title: 'a credential in the URL is answered 401',
    applies: hasLogin,
    async run({ server, scheme }) {
      const { secret } = secretOf((await freshLogin(server, scheme)).credential)
      for (const name of ['access_token', 'token', 'sid', 'Authorization'])
        assert.equal((await send(server, `/me?${name}=${encodeURIComponent(secret)}`)).status, 401, name)
    },
  },
  {
    id: 4,
    anchor: 'A5 14.3.2, 3.4.1',
    title: 'login and private pages say no-store, nosniff and, where there is TLS, HSTS',
    applies: () => true,
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const replies = [
        await send(server, '/login', loginCall(1)),
        await me(server, credential),
        await me(server, {}),
      ]
      for (const { headers } of replies) {
        assert.equal(headers['cache-control'], 'no-store')
        assert.equal(headers['x-content-type-options'], 'nosniff')
        assert.match(String(headers['strict-transport-security']), /^max-age=31536000/)
      }
    },
  },
  {
    id: 6,
    anchor: 'RFC 6750, 3',
    title: 'without a credential the answer is 401 with WWW-Authenticate',
    applies: (traits) => isToken(traits) && traits.transport === 'bearer',
    async run({ server }) {
      const { status, headers } = await me(server, {})
      assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer'])
    },
  },
  {
    id: 7,
    anchor: 'RFC 6750, 2',
    title: 'a credential in two places, or two of them, is answered 401 (Node keeps the first)',
    applies: hasLogin,
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const { header, prefix, secret } = secretOf(credential)
      const value = prefix + secret
      const [name = ''] = prefix.split('=')
      const both =
        scheme.traits.transport === 'bearer'
          ? [
              { [header]: [value, value] },
              ...['__Host-sid=', '__Host-sid =', 'a=b;\tsid\t=', 'token ='].map((cookie) => ({
                ...{ [header]: value, Cookie: cookie + secret },
              })),
            ]
          : [
              // Blanks do not count for the parser of express-session, so they must not for anybody.
              ...[`${value}; ${value}`, `${name} =${secret}; ${value}`, `${name}\t=${secret}; ${value}`],
              ...[`x=1;\t${value}; ${value}`, `${value};${name} = ${secret}`, `${value}; ${name}=`],
            ]
              .map((cookie): Record<string, string | string[]> => ({ [header]: cookie }))
              .concat(
                { [header]: [`${name} =${secret}`, value] },
                { [header]: value, Authorization: `Bearer ${secret}` },
              )
      for (const headers of both) assert.equal((await me(server, headers)).status, 401)
      assert.equal((await me(server, credential)).status, 200)
    },
  },
  {
    id: 8,
    anchor: 'Node http',
    title: 'a header of 17 KB is answered 431, and the process lives',
    applies: () => true,
    async run({ server }) {
      const { status } = await send(server, '/me', { headers: { 'X-Long': 'x'.repeat(17 * 1024) } })
      assert.equal(status, 431)
      assert.equal((await send(server, '/healthz')).status, 200)
    },
  },
  {
    id: 23,
    anchor: 'A5 16.2.5',
    title: 'no log has a credential or a password in it',
    applies: hasLogin,
    async run({ server, scheme }) {
      const { credential } = await freshLogin(server, scheme)
      const { secret } = secretOf(credential)
      await prefer(server, credential, '{')
      await me(server, { Cookie: `sid=${secret}; sid=${secret}`, Authorization: `Bearer ${secret}x` })
      await send(server, '/login', { method: 'POST', body: '{"username":"user4","password":"password-4' })
      for (const text of [secret, 'password-4']) assert.ok(!server.output().includes(text))
    },
  },
  {
    id: 43,
    anchor: 'A5 6.3.8',
    title:
      'an unknown user and a wrong password get the same answer (and take the same time: passwords.test.ts)',
    applies: () => true,
    async run({ server }) {
      const ask = (username: string) =>
        send(server, '/login', { method: 'POST', body: { username, password: 'password-x' } })
      const [unknown, wrong] = [await ask('nobody'), await ask('user1')]
      const seen = ({ status, text, headers: { date: _, ...headers } }: typeof wrong) => ({
        status,
        text,
        headers,
      })
      assert.equal(wrong.status, 401)
      assert.deepEqual(seen(unknown), seen(wrong))
    },
  },
]
