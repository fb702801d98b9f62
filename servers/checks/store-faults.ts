/** Checks of a Redis that refuses, lies, moves or changes its mind: nobody gets in wrongly, nothing hangs, and it passes. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Scheme } from '../contract.ts'
import {
  type Call,
  type Credential,
  issued,
  login,
  loginCall,
  logout,
  me,
  prefer,
  type Reply,
  secretOf,
  send,
} from '../testing/client.ts'
import { privateRedis, startCluster, until } from '../testing/redis.ts'
import type { Server } from '../testing/servers.ts'
import { switchTo } from '../testing/switch.ts'
import { type Bed, type Check, type Held, loginWithRefresh, renews, usesRedis } from './check.ts'
import { refuses } from './store-start.ts'

/** Twice the longest pause of a client between two attempts to reconnect. */
const BACK_MS = 2_000
/** A reply has to come soon after this; a test machine is busy. */
const TIMEOUT_MS = 250
const IN_TIME_MS = 2_000
export const storeFaultChecks: readonly Check[] = [
  {
    id: 54,
    anchor: 'A5 16.5.1',
    title:
      'a key of another type, and text that is cut off or none of ours: 401 or 503, never 500, never another user',
    applies: usesRedis,
    async run(bed, t) {
      const { client, url } = await privateRedis(t)
      const server = await bed.start(t, { REDIS_URL: url, KEY_PREFIX: '' })
      const parts = bed.scheme.traits.userWide === 'cannot' ? ['login'] : ['login', 'epoch']
      for (const part of parts)
        for (const [what, spoil] of Object.entries(SPOILED)) {
          await client.flushall()
          await forgotten(bed)
          if (part === 'epoch') {
            const earlier = await login(server, bed.scheme, 1)
            await send(server, '/logout-everywhere', { method: 'POST', headers: earlier })
          }
          const spoiled = await loginWithRefresh(server, bed.scheme, 1)
          const keys = await client.keys(part === 'epoch' ? 'epoch:*' : '*')
          for (const key of keys) await spoil(client, key)
          await forgotten(bed)
          for (const [path, { status, text }] of Object.entries(await asked(server, spoiled))) {
            // What does not ask Redis, or not for that key, cannot see this.
            if (path === '/me' && (keys.length === 0 || renews(bed.scheme.traits))) continue
            assert.ok(status === 401 || status === 503, `${part}, ${what}: ${path} ${status} ${text}`)
          }
        }
      await client.flushall()
      await forgotten(bed)
      assert.equal((await me(server, await login(server, bed.scheme, 2))).status, 200)
      assert.doesNotMatch(server.output(), /\n\s+at /)
    },
  },
  {
    id: 55,
    anchor: 'A5 16.5.1',
    title:
      'the password of Redis is changed, or it takes no more clients, while servers run: 503, and back soon after',
    applies: usesRedis,
    async run(bed, t) {
      const { client, url } = await privateRedis(t)
      await client.call('ACL', 'SETUSER', 'app', 'on', '>old', '~*', '&*', '+@all')
      const server = await bed.start(t, faulty(url.replace('//', '//app:old@')))
      await throughFault(t, server, bed.scheme, {
        async begins() {
          await client.call('ACL', 'SETUSER', 'app', 'resetpass', '>new')
          await client.call('CLIENT', 'KILL', 'USER', 'app')
        },
        ends: () => client.call('ACL', 'SETUSER', 'app', '>old'),
        lastsMs: 3_500,
      })
      await throughFault(t, server, bed.scheme, {
        async begins() {
          await client.config('SET', 'maxclients', '1')
          await client.call('CLIENT', 'KILL', 'USER', 'app')
        },
        ends: () => client.config('SET', 'maxclients', '100'),
      })
      assertQuiet(server)
    },
  },
  {
    id: 56,
    anchor: 'A5 16.5.1',
    title:
      'failover to a replica that lags: logins that it does not know are refused, it is written to once it is primary, and no answer is 500',
    applies: usesRedis,
    async run(bed, t) {
      const [primary, replica] = [await privateRedis(t), await privateRedis(t)]
      await primary.client.config('SET', 'repl-diskless-sync-delay', '0')
      // Otherwise the replica writes what it is sent into a file, wherever the tests run.
      await replica.client.config('SET', 'repl-diskless-load', 'on-empty-db')
      await replica.client.replicaof('127.0.0.1', new URL(primary.url).port)
      await until(async () => (await replica.client.info('replication')).includes('master_link_status:up'))
      const way = await switchTo(primary.url)
      t.after(() => way.close())
      const server = await bed.start(t, faulty(way.url))
      const known = await login(server, bed.scheme, 1)
      // Not WAIT: that asks about the writes of its own connection.
      const offsetOf = async (client: Redis, name: string) =>
        new RegExp(`^${name}:(\\d+)`, 'm').exec(await client.info('replication'))?.[1]
      await until(async () => {
        const written = await offsetOf(primary.client, 'master_repl_offset')
        return written === (await offsetOf(replica.client, 'slave_repl_offset'))
      })
      await replica.client.replicaof('NO', 'ONE')
      const unknown = await loginWithRefresh(server, bed.scheme, 2)
      await replica.client.config('SET', 'min-replicas-to-write', '1')
      await throughFault(t, server, bed.scheme, {
        begins: async () => way.to(replica.url),
        ends: () => replica.client.config('SET', 'min-replicas-to-write', '0'),
      })
      assert.equal((await me(server, known)).status, 200)
      const after = await asked(server, unknown)
      // A token is valid wherever its key is; what Redis knew of it went with the primary.
      const isKnown = bed.scheme.traits.token !== undefined
      assert.equal(after['/me']?.status, isKnown ? 200 : 401)
      if (after['/refresh']) assert.equal(after['/refresh'].status, 401)
      assertQuiet(server)
    },
  },
  {
    id: 57,
    anchor: 'A5 16.5.1',
    title:
      'a node of a cluster that sends clients elsewhere (MOVED): no start; while servers run 503, and back soon after',
    applies: usesRedis,
    async run(bed, t) {
      const [cluster, single] = [await startCluster(), await privateRedis(t)]
      await refuses(bed, cluster.url, /refuses \w+ \(.*MOVED/)
      const way = await switchTo(single.url)
      t.after(() => way.close())
      const server = await bed.start(t, faulty(way.url))
      await throughFault(t, server, bed.scheme, {
        begins: async () => way.to(cluster.url),
        ends: async () => way.to(single.url),
      })
      assertQuiet(server)
    },
  },
]

/** Until a cache has heard of what was changed behind its back. */
const forgotten = ({ scheme }: Bed) => sleep(scheme.traits.boundedBy === 'NEAR_CACHE_SEC' ? 50 : 0)

const faulty = (url: string) => ({
  REDIS_URL: url,
  REDIS_TIMEOUT_MS: String(TIMEOUT_MS),
  NEAR_CACHE_SEC: '1',
})

/** What is answered to the two that a login consists of. */
async function asked(server: Server, { credential, refreshToken }: Held): Promise<Record<string, Reply>> {
  const headers = credential
  const calls: Record<string, Call> = {
    '/me': { headers },
    ...(refreshToken && { '/refresh': { method: 'POST', body: { refreshToken } } }),
  }
  const replies: Record<string, Reply> = {}
  for (const [path, call] of Object.entries(calls)) replies[path] = await send(server, path, call)
  return replies
}

const replaced = (text: string) => async (client: Redis, key: string) => {
  if ((await client.type(key)) === 'hash') await client.hset(key, 'user', text)
  else await client.set(key, text, 'EX', 60)
}

/** What may be under a key. */
const SPOILED: Record<string, (client: Redis, key: string) => Promise<unknown>> = {
  async 'another type'(client, key) {
    await client.del(key)
    await client.rpush(key, 'x')
  },
  async 'cut off'(client, key) {
    const isHash = (await client.type(key)) === 'hash'
    const text = String(await (isHash ? client.hget(key, 'user') : client.get(key)))
    await replaced(text.slice(0, Math.ceil(text.length / 2)))(client, key)
  },
  ...Object.fromEntries(
    ['', 'null', '5', '"x"', '[]', '{}', '{"cookie":{},"user":5}', '{"user":{},"hash":5,"since":"x"}'].map(
      (text) => [JSON.stringify(text), replaced(text)],
    ),
  ),
}

interface Fault {
  begins(): Promise<unknown>
  ends(): Promise<unknown>
  /** Default: beyond what a cache believes. Longer, and the pauses between attempts to reconnect have become long. */
  lastsMs?: number
}

/** While it lasts: no 500, no hang, nobody else's answer. Afterwards: all is back before long. */
async function throughFault(
  t: TestContext,
  server: Server,
  scheme: Scheme,
  { begins, ends, lastsMs = 1_200 }: Fault,
) {
  const [credential, ending] = [await login(server, scheme, 1), await login(server, scheme, 1)]
  assert.equal((await me(server, credential)).status, 200)
  await begins()
  await sleep(lastsMs)
  const [counterfeit, ...replies] = await Promise.all([
    me(server, withoutEnd(credential)),
    me(server, credential),
    prefer(server, credential, {}),
    send(server, '/login', loginCall(3)),
    logout(server, ending),
  ])
  assert.ok([401, 503].includes(counterfeit.status))
  for (const { status, text, tookMs } of replies) {
    assert.ok([200, 401, 503].includes(status), `${status} ${text}`)
    assert.ok(tookMs < IN_TIME_MS, `${tookMs} ms`)
    if (status === 200 && text.includes('username')) assert.equal(JSON.parse(text).username, 'user1')
  }
  assert.ok(
    replies.some(({ status }) => status === 503),
    'the fault was felt',
  )
  await ends()
  const ended = performance.now()
  // When the first user begins who succeeds: how long he takes is a matter of the machine.
  let began = ended
  while (!(await isBack(server, scheme))) {
    await sleep(20)
    began = performance.now()
  }
  const backMs = Math.round(began - ended)
  t.diagnostic(`back after ${backMs} ms`)
  assert.ok(backMs < BACK_MS, `back after ${backMs} ms`)
}

/** Whether a user can log in, look and log out. */
async function isBack(server: Server, scheme: Scheme): Promise<boolean> {
  const reply = await send(server, '/login', loginCall(3))
  if (reply.status === 503) return false
  const credential = issued(scheme, reply) ?? {}
  const replies = [await me(server, credential), await logout(server, credential)]
  return replies.every(({ status }) => status < 300)
}

function withoutEnd(credential: Credential): Credential {
  const { header, prefix, secret } = secretOf(credential)
  return { [header]: prefix + secret.slice(0, -1) }
}

/** An outage is a line when it begins and one when it ends: nothing of a stack, nothing of a request. */
function assertQuiet(server: Server): void {
  const lines = server.output().trim().split('\n').slice(1)
  assert.ok(
    lines.every((line) => line.startsWith('redis: ')),
    lines.join('\n'),
  )
}
