/** Checks of a Redis that cannot be used as it is: the server does not start, and says what to do. */
import assert from 'node:assert/strict'
import { readConfig } from '../config.ts'
import type { Auth, Command, Scheme } from '../contract.ts'
import { schemeNames } from '../scheme.ts'
import { login, logout, me, prefer, send } from '../testing/client.ts'
import { privateRedis } from '../testing/redis.ts'
import type { Server } from '../testing/servers.ts'
import { type Bed, type Check, loginWithRefresh, usesRedis } from './check.ts'

/** Far below the time that an answer is waited for. */
const IN_TIME_MS = 2_000
/** What the client itself sends when it connects. */
const HANDSHAKE = ['hello', 'auth', 'client', 'info', 'select']

export const storeStartChecks: readonly Check[] = [
  {
    id: 52,
    anchor: 'A5 16.5.1',
    title: 'a Redis that refuses the connection, the database or an option of REDIS_URL: no start, at once',
    applies: usesRedis,
    async run(bed, t) {
      const { url, client } = await privateRedis(t)
      await client.config('SET', 'requirepass', 'right')
      const { host } = new URL(url)
      const refused: Record<string, RegExp> = {
        [`redis://${host}`]: /refuses this \(NOAUTH/,
        [`redis://:wrong@${host}`]: /refuses this \(WRONGPASS/,
        [`redis://nobody:right@${host}`]: /refuses this \(WRONGPASS/,
        [`redis://:right@${host}/16`]: /refuses this \(ERR DB index is out of range/,
        [`redis://:right@${host}/99`]: /refuses this \(ERR DB index is out of range/,
        [`redis://:right@${host}/-1`]: /names no database/,
        [`redis://:right@${host}/abc`]: /names no database/,
        [`redis://:right@${host}/0/1`]: /names no database/,
        [`redis://:right@${host}?keyPrefix=zz`]: /has options .*KEY_PREFIX/,
        [`redis://:right@${host}/1?commandTimeout=9`]: /has options/,
        [`redis://:right@${host}#1`]: /has options/,
        [`redis://:%zz@${host}`]: /is not a redis:\/\//,
        'redis://': /is not a redis:\/\//,
      }
      for (const [redisUrl, says] of Object.entries(refused)) {
        const began = performance.now()
        await refuses(bed, redisUrl, says)
        assert.ok(performance.now() - began < IN_TIME_MS, 'a refusal is final')
      }
      await (await opens(bed, `redis://:right@${host}/15`)).close()
    },
  },
  {
    id: 53,
    anchor: 'least privilege',
    title:
      'a Redis user with no more than the listed commands and keys suffices; without one of them: no start, and it is named',
    applies: usesRedis,
    async run(bed, t) {
      const { url, client } = await privateRedis(t)
      const commands = bed.scheme.sends?.(configOf(bed, url)) ?? []
      const names = [...new Set(commands.map(([name]) => name))]
      const allow = (allowed: readonly string[]) =>
        client.call(
          'ACL',
          'SETUSER',
          'app',
          ...['reset', 'on', '>pw', 'allchannels'],
          ...keyPatterns(commands),
          ...allowed.map((name) => `+${name}`),
        )
      const asApp = url.replace('//', '//app:pw@')
      for (const name of names.filter((each) => each !== 'client')) {
        await allow([...HANDSHAKE, 'subscribe', ...names.filter((other) => other !== name)])
        await refuses(bed, asApp, new RegExp(`refuses ${name.toUpperCase()} \\(.*NOPERM`))
      }
      await allow([...HANDSHAKE, 'subscribe', ...names])
      const server = await bed.start(t, { REDIS_URL: asApp })
      await usesAll(server, bed.scheme)
      assert.equal(server.output().split('\n').length, 2, server.output())
    },
  },
]

function configOf({ name, keys }: Bed, redisUrl: string) {
  return readConfig({ SCHEME: name, KEYS: keys, REDIS_URL: redisUrl, KEY_PREFIX: 'check:' }, schemeNames)
}

/** As a server does at start, in this process. */
function opens(bed: Bed, redisUrl: string) {
  return bed.scheme.open(configOf(bed, redisUrl))
}

/** The scheme does not open, and says why. */
export async function refuses(bed: Bed, redisUrl: string, says: RegExp): Promise<void> {
  const opened = await opens(bed, redisUrl).catch((error: unknown) => error)
  if (!(opened instanceof Error)) await (opened as Auth).close()
  assert.match(String(opened), says, redisUrl)
}

/** `~check:sess:*` for `check:sess:?`. */
function keyPatterns(commands: readonly Command[]): string[] {
  const keys = commands.flat().filter((part) => typeof part === 'string' && /^check:.*\?$/.test(part))
  return [...new Set(keys)].map((key) => `~${String(key).slice(0, -1).replace('check:', '*')}*`)
}

/** Everything that asks Redis, once. */
async function usesAll(server: Server, scheme: Scheme): Promise<void> {
  const { credential, refreshToken } = await loginWithRefresh(server, scheme, 1)
  assert.equal((await me(server, credential)).status, 200)
  assert.equal((await prefer(server, credential, { a: 'b' })).status, 200)
  if (refreshToken !== undefined)
    assert.equal((await send(server, '/refresh', { method: 'POST', body: { refreshToken } })).status, 200)
  assert.equal((await logout(server, credential)).status, 204)
  if (scheme.traits.userWide === 'cannot') return
  for (const path of ['/logout-everywhere', '/me/disable']) {
    const headers = await login(server, scheme, 1)
    assert.equal((await send(server, path, { method: 'POST', headers })).status, 204, path)
  }
}
