/** Replies in any chunking read the same, and what cannot be framed is refused in any chunking. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReplyReader, Unframed } from './reply-reader.ts'

interface Read {
  status: number
  bytes: number
  closes: boolean
  body: string
}

/** Gives a reader pieces of one reply after the other, cut where told. */
function readAll(wire: string, cuts: readonly number[], reader = new ReplyReader()): Read[] {
  const replies: Read[] = []
  const edges = [...new Set(cuts.map((cut) => cut % wire.length)), wire.length].sort((a, b) => a - b)
  edges.forEach((edge, i) => {
    const piece = wire.slice(edges[i - 1] ?? 0, edge)
    if (piece === '' || !reader.push(piece)) return
    const { status, bytes, closes } = reader
    replies.push({ status, bytes, closes, body: reader.body() })
  })
  return replies
}

const everyByte = (wire: string) => Array.from({ length: wire.length }, (_, i) => i)

function wireOf(status: number, headers: readonly string[], body: string): string {
  const bytes = Buffer.from(body)
  const length = status === 204 || status === 304 ? [] : [`content-LENGTH:  ${bytes.length} `]
  const head = [`HTTP/1.1 ${status} Fine`, ...headers, ...length].join('\r\n')
  return `${head}\r\n\r\n${length.length > 0 ? bytes.toString('latin1') : ''}`
}

const statuses = fc.constantFrom(200, 204, 304, 401, 503)
const someHeaders = fc.subarray([
  'Date: Thu, 01 Jan 1970 00:00:00 GMT',
  'Keep-Alive: timeout=5',
  'Set-Cookie: a=b; Path=/',
  'X-Content-Type-Options: nosniff',
  'X-Fourteen-Abc: 99',
])

test('a reply split anywhere, or at every byte, reads the same', () => {
  const property = fc.property(
    statuses,
    someHeaders,
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.array(fc.nat()),
    (status, headers, body, closes, cuts) => {
      const wire = wireOf(status, closes ? ['CONNECTION: Close', ...headers] : headers, body)
      const bodiless = status === 204 || status === 304
      const whole = [{ status, bytes: wire.length, closes, body: bodiless ? '' : body }]
      assert.deepEqual(readAll(wire, []), whole)
      assert.deepEqual(readAll(wire, cuts), whole)
      assert.deepEqual(readAll(wire, everyByte(wire)), whole)
    },
  )
  fc.assert(property)
})

test('replies follow each other on one connection', () => {
  const reader = new ReplyReader()
  for (const body of ['', 'first', '{"username":"user1"}', 'ünïcode']) {
    const wire = wireOf(200, [], body)
    assert.deepEqual(
      readAll(wire, everyByte(wire), reader).map((read) => read.body),
      [body],
    )
  }
})

test('a reply that cannot be told from the next one is refused, at once or byte by byte', () => {
  const refused: [RegExp, string][] = [
    [/Transfer-Encoding: chunked/, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [/without a Content-Length/, 'HTTP/1.1 200 OK\r\nDate: now\r\n\r\n'],
    [/Content-Length that cannot be read/, 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    [/Content-Length that/, 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [/not HTTP\/1.1/, 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    [/not HTTP\/1.1/, '{"username":"user1"}'],
    [/status line/, 'HTTP/1.1 100 Continue\r\n\r\n'],
    [/status line/, 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
    [/without a name/, 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n'],
    [/without an end/, `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`],
  ]
  for (const [message, wire] of refused) {
    const isRefusal = (error: unknown) => error instanceof Unframed && message.test(error.message)
    assert.throws(() => readAll(wire, []), isRefusal, wire.slice(0, 60))
    assert.throws(() => readAll(wire, everyByte(wire.slice(0, 200))), isRefusal, wire.slice(0, 60))
  }
  assert.throws(() => readAll(`${wireOf(200, [], 'body')}!`, []), /bytes beyond the reply/)
})

test('half a reply is forgotten with its connection', () => {
  const reader = new ReplyReader()
  assert.equal(reader.push('HTTP/1.1 200 OK\r\nContent-Le'), false)
  reader.reset()
  assert.equal(readAll(wireOf(401, [], 'no'), [], reader)[0]?.status, 401)
})
