/** Logins at both prices: who gets in. What they cost is `password-cost.test.ts`'s. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { me, login as mustLogIn, send } from '../testing/client.ts'
import { cleanUp, everyScheme, makeKeys, type Server, startServer } from '../testing/servers.ts'
import { createDirectory } from './directory.ts'
import { createAuthenticate } from './passwords.ts'

const directory = createDirectory({ users: 10, stateBytes: 0 })

for (const hash of ['off', 'scrypt'] as const) {
  describe(`PASSWORD_HASH=${hash}`, { concurrency: true }, () => {
    const authenticate = createAuthenticate(directory, hash)

    test('lets in everybody with the own password', async () => {
      for (const index of [0, 9]) {
        const user = await authenticate(`user${index}`, `password-${index}`)
        assert.deepEqual(user, directory.find(`user${index}`))
      }
    })

    test('nobody with any other', async () => {
      const others = fc.oneof(
        fc.constantFrom(
          '',
          'password-',
          'password-77',
          'password-?',
          'Password-7',
          'password-7 ',
          'password-8',
        ),
        fc.string(),
      )
      const property = fc.asyncProperty(others, async (password) => {
        assert.equal(await authenticate('user7', password), undefined)
      })
      await fc.assert(property, { numRuns: hash === 'off' ? 200 : 15 })
    })

    test('no unknown name, whatever the password', async () => {
      for (const username of ['user10', 'user07', 'root', ''])
        for (const password of ['password-10', 'password-?'])
          assert.equal(await authenticate(username, password), undefined)
    })
  })
}

describe('over HTTP', { concurrency: true }, () => {
  let keys: string
  before(async () => {
    keys = await makeKeys()
  })
  after(cleanUp)

  // One scheme that keeps sessions and one with tokens; neither needs Redis.
  const some = everyScheme.filter(({ name }) => name === 'session-memory' || name === 'jwt-hs256')
  for (const { name, scheme } of some) {
    for (const hash of ['off', 'scrypt']) {
      test(`${name}, ${hash}: right, wrong and unknown`, async () => {
        const server = await startServer({ SCHEME: name, KEYS: keys, PASSWORD_HASH: hash })
        const refused = { status: 401, text: '{"error":"invalid credentials"}' }
        assert.deepEqual(await tried(server, 'user1', 'password-2'), refused)
        assert.deepEqual(await tried(server, 'user1000', 'password-1000'), refused)
        const credential = await mustLogIn(server, scheme, 1)
        assert.equal(JSON.parse((await me(server, credential)).text).username, 'user1')
        assert.equal(await server.stop(), 0)
      })
    }
  }
})

async function tried(server: Server, username: string, password: string): Promise<object> {
  const { status, text } = await send(server, '/login', { method: 'POST', body: { username, password } })
  return { status, text }
}
