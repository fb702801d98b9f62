/** The certificate by what reads it: Node's own X.509, and a TLS client that trusts nothing else. */
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { selfSigned } from './certificate.ts'

test('a certificate signed by its own key, for loopback, valid now', () => {
  // Serial number and signature differ in length from one to the next.
  for (let i = 0; i < 200; i++) {
    const { key, certificate } = selfSigned()
    const read = new X509Certificate(certificate)
    assert.ok(read.verify(read.publicKey), 'its own signature')
    assert.ok(read.checkPrivateKey(createPrivateKey(key)))
    assert.equal(read.checkIP('127.0.0.1'), '127.0.0.1')
    assert.equal(read.checkIP('127.0.0.2'), undefined)
    assert.equal(read.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
    assert.ok(Date.parse(read.validFrom) < Date.now() && Date.now() < Date.parse(read.validTo))
  }
})

test('no two are alike', () => {
  const [one, other] = [selfSigned(), selfSigned()]
  assert.notEqual(one.key, other.key)
  assert.notEqual(
    new X509Certificate(one.certificate).serialNumber,
    new X509Certificate(other.certificate).serialNumber,
  )
})

test('a client that trusts this one alone accepts it, and refuses another', async () => {
  const { key, certificate } = selfSigned()
  const server = createServer({ key, cert: certificate }, (socket) => socket.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const authorized = async (ca: string) => {
    const socket = connect({ host: '127.0.0.1', port, ca })
    try {
      await once(socket, 'secureConnect')
      return socket.authorized
    } finally {
      socket.destroy()
    }
  }
  try {
    assert.equal(await authorized(certificate), true)
    await assert.rejects(authorized(selfSigned().certificate))
  } finally {
    server.close()
  }
})
