/** What is read without a key, on credentials as each kind of scheme issues them. */
import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { fieldsIn } from './readable.ts'

const CLAIMS = JSON.stringify({ sub: 'user0', name: 'User 0', email: 'user0@example.com', roles: ['member'] })
const b64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64url')

test('a signed token shows its claims, whatever stands around them', () => {
  const all = ['username', 'name', 'email', 'roles']
  assert.deepEqual(fieldsIn(`${b64('{"alg":"HS256"}')}.${b64(CLAIMS)}.${b64(randomBytes(32))}`), all)
  // As PASETO's public tokens are: the signature follows the claims in the same part.
  assert.deepEqual(fieldsIn(`v4.public.${b64(Buffer.concat([Buffer.from(CLAIMS), randomBytes(64)]))}`), all)
  assert.deepEqual(fieldsIn(b64('{"sub":"user0"}')), ['username'])
})

test('an encrypted token and a random id show nothing', () => {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  const encrypted = Buffer.concat([cipher.update(CLAIMS), cipher.final()])
  assert.deepEqual(
    fieldsIn(`${b64('{"alg":"dir"}')}..${b64(randomBytes(12))}.${b64(encrypted)}.${b64(randomBytes(16))}`),
    [],
  )
  assert.deepEqual(
    fieldsIn(`s%3A${b64(randomBytes(24))}.${encodeURIComponent(randomBytes(32).toString('base64'))}`),
    [],
  )
})
