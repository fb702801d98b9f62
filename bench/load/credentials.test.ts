/** The compact store gives back what it was given, in any order and over the edges of its chunks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Credentials } from './credentials.ts'

test('values of all lengths come back, set in any order, across chunks', () => {
  const users = 6_000
  const credentials = new Credentials('bearer', users)
  const value = (user: number) => `Bearer ${String(user).padStart((user * 37) % 1_500, 'x')}`
  for (let user = users - 1; user >= 0; user--) credentials.set(user, value(user))
  for (let user = 0; user < users; user++) assert.equal(credentials.get(user), value(user))
})

test('a user without a credential has an empty one, and one that cannot be kept is refused', () => {
  const credentials = new Credentials('cookie', 2)
  assert.equal(credentials.get(1), '')
  credentials.set(0, 'x'.repeat(1 << 20))
  assert.equal(credentials.get(0).length, 1 << 20)
  assert.throws(() => credentials.set(1, 'x'.repeat((1 << 20) + 1)), RangeError)
})
