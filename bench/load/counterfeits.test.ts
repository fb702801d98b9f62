/** Counterfeits are unlike what was issued, and of every kind that a credential has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededDraw } from '../stats/seeded.ts'
import { counterfeits, partsOf } from './counterfeits.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (sub: string, signature: string) =>
  `${part({ alg: 'HS256' })}.${part({ sub, exp: 1 })}.${signature}`

test('none is one that was issued, and the same seed makes the same ones', () => {
  const text = fc.string({ minLength: 4, maxLength: 60 })
  fc.assert(
    fc.property(text, text, fc.nat(), (own, other, seed) => {
      const made = counterfeits(own, other, 50, seededDraw(seed))
      assert.equal(made.length, 50)
      for (const { secret } of made) assert.ok(secret !== own && secret !== other)
      assert.deepEqual(counterfeits(own, other, 50, seededDraw(seed)), made)
    }),
  )
})

test('another spelling of the same cookie is none', () => {
  const own = 's%3Aid.sig%2Fnature%2B'
  const made = counterfeits(own, 's%3Adi.gis', 20_000, seededDraw(1)).map(({ secret }) => secret)
  assert.ok(made.some((secret) => secret.includes('%')))
  assert.equal(
    made.filter((secret) => secret.toLowerCase() === own.toLowerCase() && /%(2f|3a|2b)/.test(secret)).length,
    0,
  )
})

test('a token is tried in all ways: among others unsigned, and as somebody else', () => {
  const made = counterfeits(
    tokenOf('user1', 'c2lnbmF0dXJl'),
    tokenOf('user2', 'b3RoZXJz'),
    700,
    seededDraw(1),
  )
  assert.equal(new Set(made.map(({ way }) => way)).size, 7)
  const claims = made.map(({ secret }) => Buffer.from(secret.split('.')[1] ?? '', 'base64url').toString())
  assert.ok(
    made.some(({ secret }, i) => secret.endsWith('.c2lnbmF0dXJl') && claims[i]?.includes('"sub":"user2"')),
  )
  assert.ok(made.some(({ way, secret }) => way === 'other-algorithm' && secret.endsWith('.')))
  const names = counterfeits('id.secret', 'di.terces', 100, seededDraw(1)).map(({ way }) => way)
  assert.deepEqual(new Set(names), new Set(['character', 'cut', 'longer', 'spliced', 'reordered']))
})

test('the credential is found in each header', () => {
  assert.deepEqual(partsOf('Bearer a.b.c'), { before: 'Bearer ', secret: 'a.b.c', after: '' })
  assert.deepEqual(partsOf('sid=s%3Ax.y; SRV=r1'), { before: 'sid=', secret: 's%3Ax.y', after: '; SRV=r1' })
  assert.deepEqual(partsOf('user7'), { before: '', secret: 'user7', after: '' })
})
