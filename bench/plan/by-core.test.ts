/** What a core carries follows from the CPU of one login or refresh over all tiers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evidence } from '../testing/evidence.ts'
import { byCoreOf, byCoreText } from './by-core.ts'
import { exactly } from './range.ts'

const login = { replicas: { value: 800, lo: 700, hi: 900 }, redis: exactly(100), proxy: exactly(100) }

test('a core carries a second over the CPU of one, with the hash and without', () => {
  const issuing = { login, refresh: login, hashUs: exactly(99_000) }
  const carried = byCoreOf(evidence({ issuing }))
  assert.deepEqual(carried.logins, { value: 1_000, lo: 1e6 / 1_100, hi: 1e6 / 900 })
  assert.equal(carried.passwordLogins?.value, 10)
  assert.deepEqual(carried.refreshes, carried.logins)
  const text = byCoreText(carried).join('\n')
  assert.match(text, /logins with a password +10\.0 .*Keycloak 15\/s/)
  assert.match(text, /refreshes .*Keycloak 120\/s/)
  assert.ok(text.split('\n').every((line) => line.length <= 80))
})

test('what was not measured is left out, and nothing is said of nothing', () => {
  const none = byCoreOf(evidence())
  assert.deepEqual(byCoreText(none), [])
  const some = byCoreText(byCoreOf(evidence({ issuing: { login, refresh: null, hashUs: null } })))
  assert.doesNotMatch(some.join(), /refreshes|with a password +\d/)
})
