/** What to choose by where CPU does not decide it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisWith } from '../testing/basis.ts'
import { adviceOf } from './advice.ts'
import { decide } from './decision.ts'
import { USUAL } from './load.ts'

const basis = basisWith({
  taxUs: {
    ...{ 'session-redis': 240, 'session-redis-hashed': 120, 'session-memory': 60 },
    ...{ 'jwt-hs256': 120, 'jwt-cookie': 130, 'jwt-denylist': 240 },
  },
})

function advice(first: string, second: string, perSec: number = USUAL.perSec): string {
  const made = decide(basis, { ...USUAL, perSec, schemes: [first, second] })
  assert.ok(!('missing' in made))
  return adviceOf(made, [], (scheme) => scheme)
}

test('each of the two is for those who need what it alone keeps', () => {
  assert.equal(
    advice('session-redis', 'jwt-hs256'),
    'Choose session-redis if a logout must act at once or a credential must show nothing of its user; jwt-hs256 if users must be served while Redis is down.',
  )
  assert.equal(
    advice('session-redis', 'session-memory'),
    'Choose session-redis if a lost replica must log nobody out; session-memory if users must be served while Redis is down.',
  )
})

test('where CPU decides, it is said who should take the dearer one all the same', () => {
  assert.equal(
    advice('session-redis', 'jwt-hs256', 20_000),
    'Choose session-redis all the same if a logout must act at once or a credential must show nothing of its user.',
  )
  assert.equal(
    advice('jwt-denylist', 'session-redis-hashed', 20_000),
    'jwt-denylist keeps nothing that session-redis-hashed gives up.',
  )
})

test('where a credential is stored counts only between two that differ in nothing else', () => {
  assert.equal(advice('jwt-hs256', 'jwt-cookie'), 'Choose jwt-cookie if no script may take the credential.')
})

test('two that keep the same: nothing decides', () => {
  assert.equal(
    advice('session-redis', 'session-redis-hashed'),
    'Both keep and give up the same: choose the one that you know better.',
  )
})
