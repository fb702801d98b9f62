/** Checks of refresh tokens. */
import assert from 'node:assert/strict'
import { loginCall, me, type Reply, send } from '../testing/client.ts'
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
    title: 'a refresh token that was used before: 401, and its whole family ends',
    applies: renews,
    async run({ server, peer }) {
      const first = await logIn(server, 38)
      const second = pairOf(await refresh(server, first.refreshToken))
      assert.equal(await look(peer, second.token), 200)
      assert.equal((await refresh(peer, first.refreshToken)).status, 401)
      assert.equal((await refresh(server, second.refreshToken)).status, 401, 'the successor ended with it')
      const other = await logIn(server, 38)
      assert.equal((await refresh(server, other.refreshToken)).status, 200, 'another login goes on')
    },
  },
  {
    id: 39,
    anchor: 'RFC 9700, 4.14.2',
    title:
      'of 8 refreshes at once one gets a successor; then the login ends, or goes on where there is a grace',
    applies: renews,
    async run({ server, peer, start }, t) {
      const strict = await race([server, peer], (await logIn(server, 39)).refreshToken)
      assert.equal(strict.filter(({ refreshToken }) => refreshToken !== undefined).length, 1)
      const [successor] = strict.flatMap(({ refreshToken }) => refreshToken ?? [])
      assert.equal((await refresh(server, successor ?? '')).status, 401, 'seven uses too many')
      const lenient = await start(t, { REFRESH_GRACE_SEC: '10' })
      const graced = await race([lenient, lenient], (await logIn(lenient, 39)).refreshToken)
      assert.deepEqual(new Set(graced.map(({ status }) => status)), new Set([200]))
      const successors = graced.flatMap(({ refreshToken }) => refreshToken ?? [])
      assert.equal(successors.length, 1)
      assert.equal((await refresh(lenient, successors[0] ?? '')).status, 200)
    },
  },
]

async function race(servers: readonly [Server, Server], refreshToken: string) {
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => refresh(servers[i % 2] as Server, refreshToken)),
  )
  return replies.map((reply) => ({
    status: reply.status,
    refreshToken: reply.status === 200 ? (pairOf(reply).refreshToken as string | undefined) : undefined,
  }))
}
