/** The probe against real proxies, careful ones and one that is not, and against answers that none of them gives. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTool } from '../fleet/tools/start-tool.ts'
import { findHaproxy } from '../fleet/tools/tools.ts'
import { startProxyAt } from '../testing/proxy.ts'
import { clientHello, protocols } from './client-hello.ts'
import { answerTo, probeProtocols } from './protocols.ts'

const server = createHttpServer((_, response) => response.end('{}'))
const path = mkdtempSync(join(tmpdir(), 'protocols-'))
const portOf = (listening: { address(): unknown }) => (listening.address() as AddressInfo).port

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => {
  server.close()
  rmSync(path, { recursive: true })
})

const refused = { accepted: false, answer: 'alert protocol_version' }
/** SSLv3 has no alert for it. */
const refusedOld = { accepted: false, answer: 'alert handshake_failure' }
const by = (version: string) => ({ accepted: true, answer: `ServerHello ${version}` })

for (const tls of ['1.2', '1.3'] as const) {
  test(`a proxy that speaks TLS ${tls} alone refuses every other version by its name`, async () => {
    const proxy = await startProxyAt(path, portOf(server), { tls })
    try {
      const all = Object.fromEntries(protocols.map((protocol) => [protocol, refused]))
      const own = { [`TLSv${tls}`]: by(`TLSv${tls}`) }
      assert.deepEqual(await probeProtocols(proxy.url), { ...all, SSLv3: refusedOld, ...own })
    } finally {
      await proxy.stop()
    }
  })
}

test('positive control: the same bytes are accepted by a proxy that was told to accept old versions', async () => {
  const careful = await startProxyAt(path, portOf(server), { tls: '1.2' })
  const { port } = new URL(careful.url)
  await careful.stop()
  const folder = join(path, `proxy-${port}`)
  const file = join(folder, 'haproxy.cfg')
  const careless = readFileSync(file, 'utf8')
    .replace(/ssl-default-bind-ciphers .*/, 'ssl-default-bind-ciphers ALL:@SECLEVEL=0')
    .replace('ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2', 'ssl-min-ver TLSv1.0')
  writeFileSync(file, careless)
  const tool = await startTool(await findHaproxy(), ['-f', file, '-db'], {
    name: 'haproxy',
    cpus: [],
    folder,
    record: undefined,
  })
  try {
    const { SSLv3, ...others } = await patiently(() => probeProtocols(`https://127.0.0.1:${port}`))
    for (const [version, answer] of Object.entries(others)) assert.deepEqual(answer, by(version))
    // OpenSSL is built without it nearly everywhere. That the hello is a good one shows when it says TLS 1.0 instead.
    assert.deepEqual(SSLv3, refusedOld)
    const hello = clientHello('SSLv3')
    hello[2] = hello[10] = 1
    assert.deepEqual(await answerTo(hello, `https://127.0.0.1:${port}`), by('TLSv1.0'))
  } finally {
    await tool.stop()
  }
})

/** A proxy that has just been started does not listen yet. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** What the probe makes of a server that gives this answer to every hello. */
async function answering(answer: (socket: Socket) => void) {
  const listening = createServer((socket) => socket.once('data', () => answer(socket)).on('error', () => {}))
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  try {
    return await probeProtocols(`https://127.0.0.1:${portOf(listening)}`)
  } finally {
    listening.close()
  }
}

test('a server that would go on with SSLv3 is seen, also when its answer comes in pieces', async () => {
  const hello = Buffer.from(
    `160300002a02000026 0300 ${'00'.repeat(32)} 00 002f 00`.replaceAll(' ', ''),
    'hex',
  )
  const { SSLv3 } = await answering((socket) => {
    socket.write(hello.subarray(0, 3))
    setTimeout(() => socket.end(hello.subarray(3)), 20)
  })
  assert.deepEqual(SSLv3, by('SSLv3'))
})

test('other alerts are named, and silence, a reset and plain HTTP are refusals', async () => {
  const alert = await answering((socket) => socket.end(Buffer.from('15030000020228', 'hex')))
  assert.deepEqual(alert.SSLv3, { accepted: false, answer: 'alert handshake_failure' })
  const closed = await answering((socket) => socket.end())
  assert.equal(closed.SSLv3.answer, 'closed without an answer')
  const reset = await answering((socket) => socket.resetAndDestroy())
  assert.equal(reset.SSLv3.answer, 'reset without an answer')
  const plain = await answering((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(999)))
  assert.deepEqual(plain['TLSv1.3'], { accepted: false, answer: 'an answer that is not TLS' })
})

test('a proxy that is not there is no refusal', async () => {
  const listening = createServer()
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const port = portOf(listening)
  listening.close()
  await assert.rejects(probeProtocols(`https://127.0.0.1:${port}`), { code: 'ECONNREFUSED' })
})
