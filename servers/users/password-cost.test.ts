/** What a login with a slow hash costs, and that nobody else waits for it. */
import assert from 'node:assert/strict'
import { type ScryptOptions, scrypt } from 'node:crypto'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { loginCall, send } from '../testing/client.ts'
import { cleanUp, makeKeys, startServer } from '../testing/servers.ts'
import { createDirectory } from './directory.ts'
import { createAuthenticate } from './passwords.ts'

after(cleanUp)

const directory = createDirectory({ users: 10, stateBytes: 0 })
const derive = promisify<string, string, number, ScryptOptions, Buffer>(scrypt)

test('logins do not hold up what needs no thread of the pool', async () => {
  const server = await startServer({
    SCHEME: 'session-memory',
    KEYS: await makeKeys(),
    PASSWORD_HASH: 'scrypt',
  })
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
