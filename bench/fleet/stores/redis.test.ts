/** Redis of our own and of others, for real. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { freePort } from '../ports.ts'
import { identify } from '../processes/identity.ts'
import { checkNamedRedis, removeKeys, startRedis, useNamedRedis } from './redis.ts'

test('starts without persistence, answers, and is gone after stop', async () => {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  assert.deepEqual(await client.config('GET', 'save'), ['save', ''])
  assert.deepEqual(await client.config('GET', 'appendonly'), ['appendonly', 'no'])
  client.disconnect()
  assert.ok(identify(redis.pid ?? 0))
  await redis.stop()
  assert.equal(identify(redis.pid ?? 0), null)
})

test('listens on a Unix socket that is nobody else’s, and takes it away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis ü-'))
  try {
    const socket = join(folder, 'redis.sock')
    const redis = await startRedis({ socket })
    assert.equal(decodeURIComponent(new URL(redis.socketUrl ?? '').pathname), socket)
    assert.equal(statSync(socket).mode & 0o777, 0o700)
    const [tcp, unix] = [new Redis(redis.url), new Redis({ path: socket })]
    await tcp.set('same', 'server')
    assert.equal(await unix.get('same'), 'server')
    tcp.disconnect()
    unix.disconnect()
    await redis.stop()
    assert.equal(existsSync(socket), false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a socket path that would be cut off is refused', async () => {
  const socket = join(tmpdir(), 'x'.repeat(103 - tmpdir().length))
  await assert.rejects(startRedis({ socket }), { code: 'REDIS_SOCKET', message: /set TMPDIR/ })
})

test('a port that is taken: Redis says so itself', async () => {
  const first = await startRedis()
  const port = Number(new URL(first.url).port)
  try {
    // PING is answered there, by a server that is not the one just started.
    await assert.rejects(startRedis({ port }), { code: 'REDIS_FAILED' })
  } finally {
    await first.stop()
  }
})

test('a REDIS_URL that nobody listens at is one line with the reason', async () => {
  const url = `redis://user:secret@127.0.0.1:${await freePort()}`
  await assert.rejects(checkNamedRedis(url), (error: Error & { code: string }) => {
    assert.equal(error.code, 'REDIS_UNREACHABLE')
    assert.match(
      error.message,
      /^REDIS_URL redis:\/\/…@127\.0\.0\.1:\d+ does not answer \(.*ECONNREFUSED.*\); start it/,
    )
    assert.doesNotMatch(error.message, /secret|\n/)
    return true
  })
})

test('a REDIS_URL that accepts and stays silent is given up after 2 s', async () => {
  const mute = createServer(() => {}).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const { port } = mute.address() as AddressInfo
  const started = Date.now()
  await assert.rejects(checkNamedRedis(`redis://127.0.0.1:${port}`), { code: 'REDIS_UNREACHABLE' })
  assert.ok(Date.now() - started < 4000)
  mute.close()
})

test('a REDIS_URL that is no URL is refused', async () => {
  await assert.rejects(checkNamedRedis('localhost'), { code: 'REDIS_UNREACHABLE' })
})

test('in a Redis that the user named, only our own keys are removed', async () => {
  const theirs = await startRedis()
  const client = new Redis(theirs.url)
  try {
    assert.match((await checkNamedRedis(theirs.url)).version, /^\d+\.\d+/)
    await client.mset('user:1', 'kept', 'authscale:other:1', 'kept')
    for (let key = 0; key < 2500; key++) await client.set(`authscale:ours:${key}`, 'x')
    await useNamedRedis(theirs.url, 'authscale:ours:').stop()
    assert.deepEqual((await client.keys('*')).sort(), ['authscale:other:1', 'user:1'])
    await removeKeys(theirs.url, 'authscale:other:')
    assert.deepEqual(await client.keys('*'), ['user:1'])
  } finally {
    client.disconnect()
    await theirs.stop()
  }
})
