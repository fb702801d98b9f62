/** TLS at a real HAProxy: the version that was asked for, a certificate that can be checked, and resumption. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, connect } from 'node:tls'
import { startProxyAt } from '../../testing/proxy.ts'
import type { RunningProxy } from './proxy.ts'

const server = createServer((_, response) => response.end('{}'))
const path = mkdtempSync(join(tmpdir(), 'proxy-tls-'))

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => {
  server.close()
  rmSync(path, { recursive: true })
})

/** Each proxy has a folder of its own, named by its port. */
const certificateOf = (url: string) => join(path, `proxy-${new URL(url).port}`, 'certificate.pem')

/** One request over TLS; what was agreed on, and the session for the next. */
async function visit(url: string, options: ConnectionOptions = {}) {
  const { hostname: host, port } = new URL(url)
  const ca = readFileSync(certificateOf(url))
  const socket = connect({ host, port: Number(port), ca, ...options })
  try {
    let session: Buffer | undefined
    socket.on('session', (ticket: Buffer) => {
      session = ticket
    })
    await once(socket, 'secureConnect')
    const { authorized } = socket
    const agreed = { version: socket.getProtocol(), cipher: socket.getCipher().standardName }
    const alpn = socket.alpnProtocol
    const key = socket.getEphemeralKeyInfo() ?? {}
    const resumed = socket.isSessionReused()
    socket.write('GET / HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    const status = Buffer.concat(chunks).toString().split('\r\n', 1)[0]
    return {
      ...agreed,
      alpn,
      authorized,
      exchange: 'name' in key ? key.name : null,
      resumed,
      status,
      session,
    }
  } finally {
    socket.destroy()
  }
}

const expected = {
  '1.2': { version: 'TLSv1.2', cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' },
  '1.3': { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
} as const

for (const tls of ['1.2', '1.3'] as const) {
  const other = tls === '1.2' ? '1.3' : '1.2'
  describe(`TLS ${tls} at the proxy`, () => {
    let proxy: RunningProxy
    before(async () => {
      proxy = await startProxyAt(path, (server.address() as AddressInfo).port, { tls })
    })
    after(() => proxy.stop())

    test('a client that checks the certificate is served, by that version and X25519', async () => {
      assert.match(proxy.url, /^https:/)
      const { session: _, ...seen } = await visit(proxy.url)
      const common = {
        alpn: false,
        authorized: true,
        exchange: 'X25519',
        resumed: false,
        status: 'HTTP/1.1 200 OK',
      }
      assert.deepEqual(seen, { ...expected[tls], ...common })
    })

    test('a session is resumed', async () => {
      const { session } = await visit(proxy.url)
      assert.ok(session)
      const again = await visit(proxy.url, { session })
      assert.deepEqual([again.resumed, again.status], [true, 'HTTP/1.1 200 OK'])
    })

    test('the other version and other curves are refused, and HTTP/2 is not chosen', async () => {
      const only = { minVersion: `TLSv${other}`, maxVersion: `TLSv${other}` } as const
      await assert.rejects(visit(proxy.url, only), /protocol.version/i)
      await assert.rejects(visit(proxy.url, { ecdhCurve: 'P-384' }), /handshake.failure/i)
      const { alpn } = await visit(proxy.url, { ALPNProtocols: ['h2', 'http/1.1'] })
      assert.equal(alpn, 'http/1.1')
    })

    test('requests are counted, and the key is nobody else’s to read', async () => {
      const count = async () => (await proxy.counts()).r1 ?? 0
      const before = await count()
      await visit(proxy.url)
      assert.equal((await count()) - before, 1)
      assert.equal(statSync(certificateOf(proxy.url)).mode & 0o077, 0)
    })

    test('plain HTTP is not answered', async () => {
      await assert.rejects(fetch(proxy.url.replace('https:', 'http:')))
      await assert.rejects(once(https.get(proxy.url), 'response'), /self-signed|self signed/)
    })
  })
}
