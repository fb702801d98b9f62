/** What becomes of requests when Redis is gone or hangs. */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheme } from '../contract.ts'
import { type Call, type Credential, login, loginCall, me, send, untilAvailable } from '../testing/client.ts'
import { startRedis } from '../testing/redis.ts'
import { cleanUp, everyScheme, makeKeys, type Server, startServer } from '../testing/servers.ts'

/** The contract is 300 ms on an idle machine; a test machine is not idle. */
const BOUND_MS = 1000
/** A command that starts its own 250 ms behind another's takes 500, and not only when the machine is busy. */
const TWO_WAITS_MS = 450

let keys: string
before(async () => {
  keys = await makeKeys()
})
after(cleanUp)

describe('outages', { concurrency: true }, () => {
  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.state.includes('redis'))) {
    test(`${name}: Redis killed, and back`, (t) => killed(t, name, scheme))
    test(`${name}: Redis stopped, and back`, (t) => stopped(t, name, scheme))
  }
})

async function killed(t: TestContext, name: string, scheme: Scheme): Promise<void> {
  const { redis, server, credentials } = await startBoth(t, name, scheme)
  const { credential } = credentials
  process.kill(redis.pid as number, 'SIGKILL')
  await redis.ended
  t.diagnostic(`slowest 503 after ${await assertUnavailable(server, scheme, credentials)} ms`)
  const again = await startRedis({ port: Number(new URL(redis.url).port) })
  t.after(() => again.stop())
  // Sessions went with the old Redis, tokens did not.
  const expected = scheme.traits.state === 'redis' ? 401 : 200
  await answers(server, credential, expected)
  // Also where a look asks nobody, and so says nothing of Redis.
  await untilAvailable(() => send(server, '/login', loginCall(2)))
  assert.equal((await me(server, await login(server, scheme, 2))).status, 200)
  assertQuiet(server)
}

async function stopped(t: TestContext, name: string, scheme: Scheme): Promise<void> {
  const { redis, server, credentials } = await startBoth(t, name, scheme)
  const { credential } = credentials
  const pid = redis.pid as number
  let slowestMs = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && slowestMs >= TWO_WAITS_MS; attempt += 1) {
    process.kill(pid, 'SIGCONT')
    await answers(server, credential, 200)
    process.kill(pid, 'SIGSTOP')
    slowestMs = await assertUnavailable(server, scheme, credentials)
    t.diagnostic(`slowest 503 after ${slowestMs} ms`)
  }
  assert.ok(slowestMs < TWO_WAITS_MS, 'a request waits once, whatever it queues behind')
  // Longer than the silence after which the client drops its connection: both ways back are taken.
  await sleep(1500)
  t.diagnostic(`slowest 503 after ${await assertUnavailable(server, scheme, credentials)} ms, later on`)
  process.kill(pid, 'SIGCONT')
  await answers(server, credential, 200)
  assertQuiet(server)
}

async function startBoth(t: TestContext, name: string, scheme: Scheme) {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const server = await startServer({ SCHEME: name, KEYS: keys, REDIS_URL: redis.url })
  t.after(() => server.stop())
  // Of its own, since a logout that was answered 503 may happen after all, when Redis reads on.
  const [credential, ending] = [await login(server, scheme, 1), await login(server, scheme, 1)]
  return { redis, server, credentials: { credential, ending } }
}

/** An outage is worth a line when it begins and one when it ends, and no line quotes a request. */
function assertQuiet(server: Server): void {
  const lines = server.output().trim().split('\n').slice(1)
  assert.ok(lines.length <= 4 && lines.every((line) => line.startsWith('redis: ')), lines.join('\n'))
}

/** Sends requests as they come in, one every few ms, since one that queues behind another must not wait twice. */
async function assertUnavailable(
  server: Server,
  { traits }: Scheme,
  { credential, ending }: { credential: Credential; ending: Credential },
): Promise<number> {
  const look: [string, Call] = ['/me', { headers: credential }]
  const calls: Array<[string, Call]> = [
    look,
    ['/me/preferences', { method: 'PUT', headers: credential, body: {} }],
    ['/logout', { method: 'POST', headers: ending }],
    ...(traits.state === 'redis' || traits.revocation === 'bounded'
      ? [['/login', loginCall(3)] satisfies [string, Call]]
      : []),
    ...Array<typeof look>(20).fill(look),
  ]
  const replies = await Promise.all(
    calls.map(async ([path, call], i) => {
      await sleep(10 * i)
      return { path, reply: await send(server, path, call) }
    }),
  )
  for (const { path, reply } of replies) {
    // A scheme that is bounded may answer a look without Redis, and nothing else.
    if (traits.revocation === 'bounded' && path === '/me' && reply.status === 200) continue
    assert.deepEqual(
      { path, status: reply.status, text: reply.text },
      { path, status: 503, text: '{"error":"unavailable"}' },
    )
    assert.equal(reply.headers['set-cookie'], undefined)
    assert.ok(reply.tookMs < BOUND_MS, `${path} took ${reply.tookMs} ms`)
  }
  assert.equal((await send(server, '/public')).status, 200)
  return Math.round(Math.max(...replies.map(({ reply }) => reply.tookMs)))
}

/** Waits until Redis can be asked again, and checks what it says then. */
async function answers(server: Server, credential: Credential, status: number): Promise<void> {
  assert.equal((await untilAvailable(() => me(server, credential))).status, status)
}
