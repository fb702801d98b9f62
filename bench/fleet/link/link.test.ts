/** A link for real, between sockets: what arrives, in which order, how late, and how it ends. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { compiled } from '../../testing/compiled.ts'
import { freePort, isFree } from '../ports.ts'
import { identify } from '../processes/identity.ts'
import { type Link, startLink } from './link.ts'

const command = await compiled(new URL('./link-main.ts', import.meta.url))
const HOST = '127.0.0.1'

/** What is not passed on would be waited for without end. */
const PATIENCE = { timeout: 30_000 }

const opened: { close(): unknown }[] = []
after(async () => {
  for (const one of opened) await one.close()
})

/** A server that does this with each connection, and its port. */
async function serve(behave: (socket: Socket) => void, port = 0): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => {})
    behave(socket)
  })
  opened.push(server)
  server.listen(port, HOST)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function linkTo(port: number, roundTripMs: number): Promise<Link> {
  const link = await startLink({ command, to: { host: HOST, port }, roundTripMs })
  opened.push({ close: () => link.stop() })
  return link
}

function client(port: number): Socket {
  return connect({ host: HOST, port, allowHalfOpen: true, noDelay: true })
}

const echo = (socket: Socket) => void socket.pipe(socket)

/**
 * Everything that comes until the other side ends its direction; rejects with the error of a reset. An iterator over
 * the socket would, on Node 20, destroy it at the end of one direction.
 */
function allFrom(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((resolve, reject) => {
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.once('end', () => resolve(Buffer.concat(parts)))
    socket.once('error', reject)
  })
}

/** Bytes that tell their place, so that two swapped ones are noticed. */
function bytes(seed: number, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest()
}

describe('what is sent arrives', PATIENCE, () => {
  test('unchanged, in order and counted, over many connections at once', async () => {
    const link = await linkTo(await serve(echo), 3)
    let total = 0
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 6 })
    const property = fc.asyncProperty(
      fc.array(sizes, { minLength: 1, maxLength: 25 }),
      async (connections) => {
        await Promise.all(
          connections.map(async (chunks, seed) => {
            const socket = client(link.port)
            const sent = chunks.map((length, at) => bytes(seed * 10 + at, length))
            for (const chunk of sent) socket.write(chunk)
            socket.end()
            const expected = Buffer.concat(sent)
            assert.ok((await allFrom(socket)).equals(expected))
            total += expected.length
          }),
        )
        assert.deepEqual(await link.counts(), { toTarget: total, fromTarget: total })
      },
    )
    await fc.assert(property, { numRuns: 20 })
  })

  for (const roundTripMs of [0, 20]) {
    test(`after a half-close the other direction goes on, at ${roundTripMs} ms`, async () => {
      const answerAtTheEnd = async (socket: Socket) => {
        const question = await allFrom(socket)
        socket.write('you said ')
        await sleep(30)
        socket.end(question)
      }
      const link = await linkTo(await serve(answerAtTheEnd), roundTripMs)
      const socket = client(link.port)
      socket.end('hello')
      assert.equal(String(await allFrom(socket)), 'you said hello')
    })
  }

  test('a receiver that does not read stops its sender, and loses nothing', async () => {
    const TOTAL = 96 * 1024 * 1024
    // Both ends' buffers in the kernel hold some MiB each as well.
    const STOPPED_BEFORE = 48 * 1024 * 1024
    let receiver: Socket | undefined
    const link = await linkTo(
      await serve((socket) => {
        receiver = socket.pause()
      }),
      2,
    )
    const chunk = bytes(1, 1024 * 1024)
    const socket = client(link.port)
    for (let sent = 0; sent < TOTAL; sent += chunk.length) socket.write(chunk)
    socket.end()
    let before = -1
    let counts = await link.counts()
    while (counts.toTarget !== before || counts.toTarget === 0) {
      before = counts.toTarget
      await sleep(200)
      counts = await link.counts()
    }
    assert.ok(counts.toTarget < STOPPED_BEFORE, `${counts.toTarget} bytes were taken`)
    assert.ok(receiver)
    const received = createHash('sha256')
    for await (const part of receiver) received.update(part)
    receiver.end()
    const expected = createHash('sha256')
    for (let sent = 0; sent < TOTAL; sent += chunk.length) expected.update(chunk)
    assert.equal(received.digest('hex'), expected.digest('hex'))
    socket.destroy()
  })
})

describe('what breaks is passed on', PATIENCE, () => {
  test('a reset by the target comes after what it had sent', async () => {
    const greetAndReset = (socket: Socket) => {
      socket.write('greeting', () => setTimeout(() => socket.resetAndDestroy(), 20))
    }
    // The greeting is still under way when the reset comes.
    const link = await linkTo(await serve(greetAndReset), 100)
    const socket = client(link.port)
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    const [error] = await once(socket, 'error')
    assert.deepEqual([error.code, text], ['ECONNRESET', 'greeting'])
  })

  test('a reset by the client', async () => {
    let tell = (_error: NodeJS.ErrnoException) => {}
    const heard = new Promise<NodeJS.ErrnoException>((resolve) => {
      tell = resolve
    })
    const link = await linkTo(await serve((socket) => socket.resume().on('error', tell)), 10)
    const socket = client(link.port)
    await once(socket, 'connect')
    socket.resetAndDestroy()
    assert.equal((await heard).code, 'ECONNRESET')
  })

  test('a target that is not there resets its clients, and is found when it comes', async () => {
    const port = await freePort()
    const link = await linkTo(port, 1)
    await assert.rejects(allFrom(client(link.port)), { code: 'ECONNRESET' })
    await serve(echo, port)
    const socket = client(link.port)
    socket.end('there')
    assert.equal(String(await allFrom(socket)), 'there')
  })
})

/** Round trips of single bytes in ms, one after the other, each after a rest. */
async function roundTripsMs(port: number, n: number, restMs: number): Promise<number[]> {
  const socket = client(port)
  await once(socket, 'connect')
  const took: number[] = []
  for (let i = 0; i < n; i++) {
    await sleep(restMs)
    const sentMs = performance.now()
    socket.write('x')
    await once(socket, 'data')
    took.push(performance.now() - sentMs)
  }
  socket.destroy()
  return took
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

describe('how late', () => {
  // Timers alone, which round up to whole milliseconds, would be late by about two.
  const TOLERANCE_MS = 1
  for (const [askedMs, n] of [
    [0.5, 40],
    [5, 20],
    [50, 8],
  ] as const) {
    test(`a round trip of ${askedMs} ms is never shorter, and its median at most ${TOLERANCE_MS} ms longer`, async () => {
      const target = await serve(echo)
      const [none, delayed] = [await linkTo(target, 0), await linkTo(target, askedMs)]
      const medians: { none: number[]; delayed: number[] } = { none: [], delayed: [] }
      for (let batch = 0; batch < 6; batch++) {
        // From rest as well, since waking up is what a relay costs without a delay too.
        medians.none.push(median(await roundTripsMs(none.port, n, askedMs)))
        const took = await roundTripsMs(delayed.port, n, 0)
        assert.ok(Math.min(...took) >= askedMs, `${Math.min(...took)} ms`)
        medians.delayed.push(median(took))
      }
      // What else runs on the machine can only add to a round trip: the batch that met least of it is the link's.
      const addedMs = Math.min(...medians.delayed) - Math.min(...medians.none)
      assert.ok(addedMs <= askedMs + TOLERANCE_MS, `added ${addedMs} ms`)
      await Promise.all([none.stop(), delayed.stop()])
    })
  }

  test('a round trip of 400 ms is not shorter by as little as the relay takes for itself', async () => {
    const link = await linkTo(await serve(echo), 400)
    const took = await Promise.all([1, 2, 3, 4].map(() => roundTripsMs(link.port, 2, 0)))
    assert.ok(Math.min(...took.flat()) >= 400, `${Math.min(...took.flat())} ms`)
  })

  test('a length of time that no network takes is refused', async () => {
    const link = await linkTo(await serve(echo), 0)
    for (const roundTripMs of [-1, 1001, Number.NaN]) {
      const asked = startLink({ command, to: { host: HOST, port: 1 }, roundTripMs })
      await assert.rejects(asked, { code: 'LINK_FAILED' })
      await assert.rejects(link.setRoundTrip(roundTripMs), { code: 'LINK_FAILED' })
    }
  })

  test('a round trip that is set later holds for connections that are open, and what is under way stays in order', async () => {
    const link = await linkTo(await serve(echo), 0)
    const socket = client(link.port)
    const received = allFrom(socket)
    const sent: Buffer[] = []
    for (const [seed, ms] of [0, 60, 20, 0, 40].entries()) {
      await link.setRoundTrip(ms)
      sent.push(bytes(seed, 5_000))
      socket.write(sent.at(-1) as Buffer)
      await sleep(5)
    }
    const startMs = performance.now()
    socket.end()
    assert.ok((await received).equals(Buffer.concat(sent)))
    assert.ok(performance.now() - startMs >= 40)
  })
})

describe('how it ends', PATIENCE, () => {
  test('stop leaves no process, no listener and no connection', async () => {
    const link = await linkTo(await serve(echo), 5)
    const socket = client(link.port)
    socket.on('error', () => {})
    socket.write('x')
    await once(socket, 'data')
    assert.ok(identify(link.pid))
    const closed = once(socket.resume(), 'end')
    await link.stop()
    assert.equal(identify(link.pid), null)
    assert.ok(await isFree(link.port))
    await closed
    socket.destroy()
    await assert.rejects(link.counts(), { code: 'LINK_FAILED', message: /^link ended/ })
  })

  test('it leaves when the channel to its parent closes', async () => {
    // Without the kernel's own bond (process.ts), which would hide a link that stays.
    const [node = '', ...args] = [...command, HOST, '1', '0']
    const child = spawn(node, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    await once(child, 'message')
    child.disconnect()
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  test('one that cannot start says why', async () => {
    const broken = [process.execPath, '-e', 'console.error("no such thing"); process.exit(3)']
    const start = startLink({ command: broken, to: { host: HOST, port: 1 }, roundTripMs: 0 })
    await assert.rejects(start, { code: 'LINK_FAILED', message: /exit code 3.*no such thing/ })
  })

  test('one that starts and says nothing is ended', async () => {
    const silent = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
    let pid = 0
    const onPid = (told: number) => {
      pid = told
    }
    const to = { host: HOST, port: 1 }
    const start = startLink({ command: silent, to, roundTripMs: 0, onPid, readyWithinMs: 300 })
    await assert.rejects(start, { code: 'LINK_FAILED', message: /did not listen within 300 ms/ })
    assert.ok(pid > 0)
    assert.equal(identify(pid), null)
  })
})
