/** Checks that what grows with logins has a bound, and that ending many logins is no more work than ending one. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheme } from '../contract.ts'
import { type Credential, login, loginCall, me, prefer, send } from '../testing/client.ts'
import { callsOf, privateRedis } from '../testing/redis.ts'
import type { Server } from '../testing/servers.ts'
import { type Check, needsUserWide, refusedInTime, SHORT, usesRedis } from './check.ts'

/** Of one user. `LOGINS=100000 node --import tsx --test servers/checks/guarantees.test.ts` takes minutes. */
const LOGINS = Number(process.env.LOGINS ?? 300)
const AT_ONCE = 50
/** Of looks of others: long with many logins, where how long they wait is asked too. */
const WINDOW_MS = LOGINS >= 100_000 ? 20_000 : 300
/** Any number that does not grow with the logins; two commands and what a script sends are expected. */
const MOST_COMMANDS = 10
const BRIEF = { TTL_SEC: '2', ACCESS_TTL_SEC: '2', ABSOLUTE_TTL_SEC: '2', NEAR_CACHE_SEC: '1' }
/** Of each of the logins that grow the heap: enough to be seen, and a token of it fits into a header. */
const STATE_BYTES = 8_000
const GROWING_LOGINS = 600

export const growthChecks: readonly Check[] = [
  {
    id: 49,
    anchor: 'A5 7.3.1',
    title: 'what logins leave in Redis ends with them; one key stays for each user who ended all of them',
    applies: usesRedis,
    async run({ name, start, scheme, redis }, t) {
      const prefix = `${name}:growth:`
      const server = await start(t, { ...BRIEF, KEY_PREFIX: prefix })
      const credentials = await manyLogins(server, scheme, 100, (i) => i % 4)
      for (const [i, credential] of credentials.entries()) {
        await me(server, credential)
        if (i % 10 === 0) await prefer(server, credential, { i: String(i) })
        if (i % 10 === 1) await send(server, '/logout', { method: 'POST', headers: credential })
      }
      const ends = scheme.traits.userWide === 'cannot' ? [] : ['/logout-everywhere', '/me/disable']
      for (const [i, path] of ends.entries()) {
        const headers = await login(server, scheme, 900 + i)
        assert.equal((await send(server, path, { method: 'POST', headers })).status, 204)
      }
      const left = async () => (await redis.client.keys(`${prefix}*`)).length
      // A denied token is remembered for some seconds more, until no clock takes it for valid.
      for (let waited = 0; waited < 8_000 && (await left()) > ends.length; waited += 250) await sleep(250)
      assert.equal(await left(), ends.length)
    },
  },
  {
    id: 50,
    anchor: 'A5 7.3.1',
    title: 'a process keeps nothing of logins that have ended',
    applies: ({ state }) => state !== 'none' && state !== 'token',
    run: async ({ start, scheme }, t) => assert.ok((await heapGrowth(start(t, GROWING), scheme)) < HALF),
    stock: {
      reason:
        'MemoryStore keeps a session that has ended until somebody asks for it; its README warns of that',
      async run({ start, scheme }, t) {
        const growth = await heapGrowth(start(t, GROWING), scheme)
        if (scheme.traits.state === 'process') assert.ok(growth > HALF)
        else assert.ok(growth < HALF)
      },
    },
  },
  {
    id: 51,
    anchor: 'A5 7.4.3',
    title: 'log out everywhere ends 300 logins (or as many as LOGINS says) by as much work as one',
    applies: needsUserWide,
    async run({ start, scheme }, t) {
      const { url, client } = await privateRedis(t)
      const settings = {
        REDIS_URL: url,
        ...SHORT,
        TTL_SEC: '3600',
        ACCESS_TTL_SEC: SHORT.ACCESS_TTL_SEC,
      }
      const servers = [await start(t, settings), await start(t, settings)] as const
      const credentials = await manyLogins(servers[0], scheme, LOGINS, () => 51)
      const others = await manyLogins(servers[0], scheme, 20, (i) => 1_000 + i)
      const before = await p99Ms(servers[0], others, sleep(WINDOW_MS))
      await client.config('RESETSTAT')
      const ends = sleep(WINDOW_MS / 4).then(async () => {
        // Now, since an access token does not last for the whole window.
        const own = await login(servers[0], scheme, 51)
        const reply = await send(servers[0], '/logout-everywhere', { method: 'POST', headers: own })
        return { own, status: reply.status }
      })
      const during = await p99Ms(servers[0], others, sleep(WINDOW_MS))
      const { own, status } = await ends
      assert.equal(status, 204)
      // Those of the looks of others are not its own.
      const ofLooks = ['info', 'config|resetstat', ...Object.keys(scheme.commands ?? {})]
      const calls = Object.entries(await callsOf(client)).filter(([command]) => !ofLooks.includes(command))
      assert.ok(total(Object.fromEntries(calls)) <= MOST_COMMANDS, JSON.stringify(calls))
      t.diagnostic(
        `p99 of others: ${before.toFixed(1)} ms, ${during.toFixed(1)} ms with the end of all in it`,
      )
      if (LOGINS >= 100_000) assert.ok(during <= 3 * before, `p99 of ${during} ms instead of ${before} ms`)
      const some = credentials.filter((_, i) => i % Math.ceil(LOGINS / 100) === 0).concat(own)
      await refusedInTime(servers, scheme.traits, ...some)
      if (scheme.traits.boundedBy !== 'ACCESS_TTL_SEC')
        assert.equal((await me(servers[1], others[0] as Credential)).status, 200, 'other users go on')
      assert.equal((await send(servers[1], '/login', loginCall(51))).status, 200)
    },
  },
]

const GROWING = { ...BRIEF, STATE_BYTES: String(STATE_BYTES), NODE_OPTIONS: '--expose-gc' }
const HALF = (GROWING_LOGINS * STATE_BYTES) / 2

/** Bytes by which the heap is larger after many logins, each used once, have ended, and a few more have come. */
async function heapGrowth(starting: Promise<Server>, scheme: Scheme): Promise<number> {
  const server = await starting
  const heap = async () => {
    const { text } = await send(server, '/metrics?gc=1')
    return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1])
  }
  // Looked at at once: MemoryStore removes what it finds ended.
  const visit = async (count: number) => {
    for (let i = 0; i < count; i += AT_ONCE)
      for (const one of await manyLogins(server, scheme, AT_ONCE, (j) => i + j)) await me(server, one)
  }
  await visit(200)
  const before = await heap()
  await visit(GROWING_LOGINS)
  await sleep(3_000)
  await visit(AT_ONCE)
  return (await heap()) - before
}

async function manyLogins(
  server: Server,
  scheme: Scheme,
  count: number,
  userOf: (i: number) => number,
): Promise<Credential[]> {
  const credentials: Credential[] = []
  while (credentials.length < count) {
    const first = credentials.length
    const batch = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) =>
      login(server, scheme, userOf(first + i)),
    )
    credentials.push(...(await Promise.all(batch)))
  }
  return credentials
}

/** Of looks that others make, one after another, until something has happened. */
async function p99Ms(server: Server, others: readonly Credential[], until: Promise<unknown>) {
  let isOver = false
  const over = until.then(() => {
    isOver = true
  })
  const tookMs: number[] = []
  await Promise.all(
    others.map(async (credential) => {
      while (!isOver) tookMs.push((await me(server, credential)).tookMs)
    }),
  )
  await over
  return tookMs.toSorted((a, b) => a - b)[Math.floor(0.99 * tookMs.length)] ?? Number.NaN
}

function total(calls: Record<string, number>): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0)
}
