/** Logins at both prices: who gets in, what it costs, and that nobody else waits for it. */
import assert from 'node:assert/strict'
import { type ScryptOptions, scrypt } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { loginCall, me, login as mustLogIn, send } from '../testing/client.ts'
import { cleanUp, everyScheme, makeKeys, type Server, startServer } from '../testing/servers.ts'
import { createDirectory } from './directory.ts'
import { createAuthenticate } from './passwords.ts'

const directory = createDirectory({ users: 10, stateBytes: 0 })
const derive = promisify<string, string, number, ScryptOptions, Buffer>(scrypt)

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

  test('logins do not hold up what needs no thread of the pool', async () => {
    const server = await startServer({ SCHEME: 'session-memory', KEYS: keys, PASSWORD_HASH: 'scrypt' })
    let open = 8
    const logins = Array.from({ length: open }, async (_, user) => {
      assert.equal((await send(server, '/login', loginCall(user))).status, 200)
      open -= 1
    })
    for (let i = 0; i < 20; i++) assert.equal((await send(server, '/public')).status, 200)
    assert.ok(open > 0, 'replies came while logins were under way')
    await Promise.all(logins)
    await server.stop()
  })
})

async function tried(server: Server, username: string, password: string): Promise<object> {
  const { status, text } = await send(server, '/login', { method: 'POST', body: { username, password } })
  return { status, text }
}

test('a login costs one derivation, and so does that of an unknown name', async () => {
  const authenticate = createAuthenticate(directory, 'scrypt')
  await authenticate('user1', 'password-1')
  const one = () => derive('password', 'salt', 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 })
  const ways = {
    one,
    known: () => authenticate('user1', 'password-1'),
    wrong: () => authenticate('user1', 'password-2'),
    unknown: () => authenticate('user77', 'password-77'),
  }
  const leastUs = { one: Infinity, known: Infinity, wrong: Infinity, unknown: Infinity }
  for (let round = 0; round < 7; round++) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[])
      leastUs[way] = Math.min(leastUs[way], await cpuUs(ways[way]))
  }
  for (const way of ['known', 'wrong', 'unknown'] as const) {
    const derivations = leastUs[way] / leastUs.one
    assert.ok(derivations > 0.7 && derivations < 1.4, `${way}: ${derivations} derivations`)
  }
})

/** CPU time of all threads, which other work on the machine adds less to than to the time that passes. */
async function cpuUs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
