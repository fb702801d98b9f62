/** Checks of refresh tokens. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { loginCall, me, type Reply, send, untilAvailable } from '../testing/client.ts'
import { privateRedis } from '../testing/redis.ts'
import type { Server } from '../testing/servers.ts'
import { type Check, renews } from './check.ts'

interface Pair {
  token: string
  refreshToken: string
}

const pairOf = (reply: Reply) => JSON.parse(reply.text) as Pair
const refresh = (server: Server, refreshToken: string) =>
  send(server, '/refresh', { method: 'POST', body: { refreshToken } })
const look = async (server: Server, token: string) =>
  (await me(server, { Authorization: `Bearer ${token}` })).status
const logIn = async (server: Server, user: number) => pairOf(await send(server, '/login', loginCall(user)))

export const refreshChecks: readonly Check[] = [
  {
    id: 31,
    anchor: 'A5 9.2.2',
    title: 'an access token as refresh token, and the other way round: 401',
    applies: renews,
    async run({ server }) {
      const { token, refreshToken } = await logIn(server, 31)
      assert.equal((await refresh(server, token)).status, 401)
      assert.equal(await look(server, refreshToken), 401)
      assert.equal((await refresh(server, refreshToken)).status, 200)
    },
  },
  {
    id: 38,
    anchor: 'RFC 9700, 4.14.2',
    title:
      'a refresh token that was used before: 401, and its whole family ends; within a grace, once its successor was used',
    applies: renews,
    async run({ server, peer, start }, t) {
      const strict = await start(t, STRICT)
      const first = await logIn(strict, 38)
      const second = pairOf(await refresh(strict, first.refreshToken))
      assert.equal(await look(peer, second.token), 200)
      await endsFamily(strict, first.refreshToken, second.refreshToken)
      const graced = await logIn(server, 38)
      const next = pairOf(await refresh(server, graced.refreshToken))
      const third = pairOf(await refresh(peer, next.refreshToken))
      await endsFamily(peer, graced.refreshToken, third.refreshToken)
      const brief = await start(t, { REFRESH_GRACE_SEC: '1' })
      const old = await logIn(brief, 38)
      const successor = pairOf(await refresh(brief, old.refreshToken))
      await sleep(1_100)
      await endsFamily(brief, old.refreshToken, successor.refreshToken)
      const other = await logIn(server, 38)
      assert.equal((await refresh(server, other.refreshToken)).status, 200, 'another login goes on')
    },
  },
  {
    id: 39,
    anchor: 'RFC 9700, 4.14.2',
    title:
      'of 8 refreshes at once there is one successor; then the login ends, or goes on where there is a grace',
    applies: renews,
    async run({ server, peer, start }, t) {
      const strict = await start(t, STRICT)
      const won = await race([strict, strict], (await logIn(strict, 39)).refreshToken)
      assert.equal(won.filter((token) => token !== undefined).length, 1)
      const [successor] = won.flatMap((token) => token ?? [])
      assert.equal((await refresh(strict, successor ?? '')).status, 401, 'seven uses too many')
      const graced = new Set(await race([server, peer], (await logIn(server, 39)).refreshToken))
      assert.equal(graced.size, 1, 'all get the same one')
      assert.equal((await refresh(server, [...graced][0] ?? '')).status, 200)
    },
  },
  {
    id: 45,
    anchor: 'RFC 9700, 4.14.2',
    title: 'the reply to a refresh is lost, or comes too late: the same token again, and the login goes on',
    applies: renews,
    async run({ start }, t) {
      const { url, client } = await privateRedis(t)
      const server = await start(t, { REDIS_URL: url, REDIS_TIMEOUT_MS: '250' })
      const login = await logIn(server, 45)
      const lost = pairOf(await refresh(server, login.refreshToken))
      const again = pairOf(await refresh(server, login.refreshToken))
      assert.equal(again.refreshToken, lost.refreshToken, 'one successor')
      assert.equal(await look(server, again.token), 200)
      // Redis reads on afterwards, so the family may have moved on although nobody was told.
      await client.client('PAUSE', 600)
      assert.equal((await refresh(server, again.refreshToken)).status, 503)
      const next = await untilAvailable(() => refresh(server, again.refreshToken))
      assert.equal(next.status, 200)
      assert.equal((await refresh(server, pairOf(next).refreshToken)).status, 200)
    },
  },
  {
    id: 46,
    anchor: 'A5 7.3.2',
    title: 'an access token that was renewed shortly before its login ends does not outlive it',
    applies: renews,
    async run({ start }, t) {
      const server = await start(t, { TTL_SEC: '4', ACCESS_TTL_SEC: '4' })
      const { refreshToken } = await logIn(server, 46)
      await sleep(2_000)
      const { token } = pairOf(await refresh(server, refreshToken))
      assert.equal(await look(server, token), 200)
      // One second of tolerance between clocks; without the bound it would live for 4 s more.
      await sleep(3_200)
      assert.equal(await look(server, token), 401)
    },
  },
]

const STRICT = { REFRESH_GRACE_SEC: '0' }

/** The old token is refused, and its successor with it. */
async function endsFamily(server: Server, old: string, successor: string): Promise<void> {
  assert.equal((await refresh(server, old)).status, 401)
  assert.equal((await refresh(server, successor)).status, 401, 'the successor ended with it')
}

/** What each of 8 uses at once got: a refresh token, or none. */
async function race(servers: readonly [Server, Server], refreshToken: string) {
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => refresh(servers[i % 2] as Server, refreshToken)),
  )
  return replies.map((reply) => (reply.status === 200 ? pairOf(reply).refreshToken : undefined))
}
