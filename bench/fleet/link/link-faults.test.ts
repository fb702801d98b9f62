/** What a link does when it breaks on purpose, between a real Redis and real ioredis clients set as the servers set theirs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { compiled } from '../../testing/compiled.ts'
import { type RunningRedis, startRedis } from '../stores/redis.ts'
import { type Link, startLink } from './link.ts'

const command = await compiled(new URL('./link-main.ts', import.meta.url))
const HOST = '127.0.0.1'
const TIMEOUT_MS = 250

const addressOf = ({ url }: RunningRedis) => ({ host: HOST, port: Number(new URL(url).port) })

/** Waits until a client may send again; those that are told so at once do not wait. */
async function ready(client: Redis): Promise<void> {
  if (client.status !== 'ready') await once(client, 'ready')
}

/** `once` would reject with the error that comes before the end. */
function ends(client: Redis): Promise<void> {
  return new Promise((resolve) => client.once('close', resolve))
}

describe('a link that breaks', { timeout: 60_000 }, () => {
  const started: { stop(): Promise<void> }[] = []
  const clients: Redis[] = []
  let redis: RunningRedis
  let other: RunningRedis
  let direct: Redis
  let link: Link

  function clientOf(port: number): Redis {
    const client = new Redis(port, HOST, {
      commandTimeout: TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      socketTimeout: 1_000,
      retryStrategy: () => 50,
    })
    client.on('error', () => {})
    clients.push(client)
    return client
  }

  before(async () => {
    redis = await startRedis()
    other = await startRedis()
    link = await startLink({ command, to: addressOf(redis), roundTripMs: 0 })
    started.push(redis, other, link)
    direct = clientOf(addressOf(redis).port)
    await ready(direct)
  })
  after(async () => {
    for (const client of clients) client.disconnect()
    for (const one of started) await one.stop()
  })

  test('held: silence and no news of an end; released: even what was given up arrives', async () => {
    const client = clientOf(link.port)
    await ready(client)
    let ended = false
    client.once('close', () => {
      ended = true
    })
    await link.hold()
    const startMs = performance.now()
    await assert.rejects(client.incr('given-up'), /timed out/)
    assert.ok(performance.now() - startMs >= TIMEOUT_MS - 5)
    assert.equal(ended, false, 'a partition tells nobody')
    assert.equal(await direct.get('given-up'), null)
    await link.release()
    while ((await direct.get('given-up')) === null) await sleep(5)
    assert.equal(await direct.get('given-up'), '1')
    await ready(client)
    assert.equal(await client.ping(), 'PONG')
  })

  test('held: a new client is let in and hears nothing', async () => {
    await link.hold()
    const socket = connect(link.port, HOST)
    await once(socket, 'connect')
    socket.write('PING\r\n')
    let heard = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
    await sleep(100)
    assert.equal(heard, '')
    await link.release()
    while (heard === '') await sleep(5)
    assert.equal(heard, '+PONG\r\n')
    socket.destroy()
  })

  test('refused: open connections end, new ones are refused, and the same clients come back afterwards', async () => {
    const client = clientOf(link.port)
    await ready(client)
    const closed = ends(client)
    await link.refuse()
    await closed
    const [error] = await once(connect(link.port, HOST), 'error')
    assert.equal(error.code, 'ECONNREFUSED')
    await assert.rejects(client.ping())
    await link.accept()
    await ready(client)
    assert.equal(await client.ping(), 'PONG')
  })

  test('cut: the client gets the first half of a reply, and no more', async () => {
    await direct.set('long', 'x'.repeat(100))
    const socket = connect(link.port, HOST)
    await once(socket, 'connect')
    // Seen by the link as soon as anything has gone through.
    socket.write('PING\r\n')
    await once(socket, 'data')
    await link.cut()
    let heard = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
    // libuv takes a reset that arrives together with the last bytes for an ordinary end.
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', ({ message }) => assert.match(message, /ECONNRESET/))
    socket.write('GET long\r\n')
    await closed
    const whole = `$100\r\n${'x'.repeat(100)}\r\n`
    assert.equal(heard, whole.slice(0, whole.length >> 1))
  })

  test('cut, with hundreds of questions under way: no answer is ever that to another question', async () => {
    const KEYS = 200
    const value = (key: number) => `${key}:`.repeat(1 + (key % 50))
    for (let key = 0; key < KEYS; key++) await direct.set(`k${key}`, value(key))
    const client = clientOf(link.port)
    const seen = { answers: 0, failures: 0 }
    for (let round = 0; round < 40; round++) {
      await ready(client)
      const cut = round % 2 === 0 ? link.cut() : undefined
      const asked = Array.from({ length: KEYS }, async (_, key) => {
        const answer = await client.get(`k${key}`).catch(() => undefined)
        if (answer === undefined) seen.failures++
        else {
          seen.answers++
          assert.equal(answer, value(key))
        }
      })
      await Promise.all(asked)
      await cut
      await sleep(5)
    }
    assert.ok(seen.answers > 0 && seen.failures > 0, JSON.stringify(seen))
  })

  test('another target: who was connected is moved there', async () => {
    const elsewhere = clientOf(addressOf(other).port)
    await ready(elsewhere)
    await direct.set('where', 'first')
    await elsewhere.set('where', 'second')
    const client = clientOf(link.port)
    await ready(client)
    assert.equal(await client.get('where'), 'first')
    const closed = ends(client)
    await link.setTarget(addressOf(other))
    await closed
    await ready(client)
    assert.equal(await client.get('where'), 'second')
    await link.setTarget(addressOf(redis))
  })

  test('a port that somebody else took meanwhile is an error that says so', async () => {
    await link.refuse()
    const squatter = createServer().listen(link.port, HOST)
    await once(squatter, 'listening')
    await assert.rejects(link.accept(), { code: 'LINK_FAILED', message: /EADDRINUSE/ })
    squatter.close()
    await once(squatter, 'close')
    await link.accept()
  })
})
