/** Trials over TLS whose handshakes were not those that were asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Load } from '../load/job.ts'
import type { Measurement } from '../record/types.ts'
import { tlsProblem } from './gates.ts'

const refused = { accepted: false, answer: 'alert protocol_version' }
const accepted = { accepted: true, answer: 'ServerHello' }
const protocols = {
  SSLv3: refused,
  'TLSv1.0': refused,
  'TLSv1.1': refused,
  'TLSv1.2': refused,
  'TLSv1.3': accepted,
}

function problem(
  reuse: 'kept' | 'new' | 'resumed',
  handshakes: Measurement['handshakes'],
  tls?: '1.2' | '1.3',
) {
  const load: Load = { loop: 'closed', connections: 32, reuse }
  return tlsProblem({ handshakes, protocols }, load, tls ? { tls } : {})
}

test('a resumed load has resumed: 95 % are enough, fewer are not', () => {
  assert.equal(problem('resumed', { full: 50, resumed: 950 }, '1.3'), null)
  assert.match(problem('resumed', { full: 51, resumed: 949 }, '1.3') ?? '', /^95 % of 1000 .* all were to/)
  assert.match(problem('resumed', { full: 9, resumed: 0 }, '1.3') ?? '', /^0 % of 9 connections resumed/)
})

test('a load of new connections has not: 1 % may, more may not', () => {
  assert.equal(problem('new', { full: 990, resumed: 10 }, '1.3'), null)
  assert.match(problem('new', { full: 989, resumed: 11 }, '1.3') ?? '', /none was to resume/)
})

test('no handshake at all is none of either; kept connections need none', () => {
  for (const reuse of ['new', 'resumed'] as const)
    for (const none of [null, { full: 0, resumed: 0 }])
      assert.equal(problem(reuse, none, '1.3'), 'no TLS handshake inside the measurement window')
  assert.equal(problem('kept', null, '1.3'), null)
})

test('a probe that the proxy refuses in its own version is not believed', () => {
  assert.match(problem('kept', null, '1.2') ?? '', /refused a ClientHello of TLS 1.2, its own version/)
})

test('without TLS there is nothing to object to', () => {
  assert.equal(problem('new', null), null)
})
