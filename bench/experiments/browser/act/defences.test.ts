/** Taking a defence away changes nothing else, and taking none away changes nothing at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALL, disguised, weakened } from './defences.ts'

const COOKIE =
  '__Host-sid=s%3Aabc.def; Path=/; Expires=Thu, 26 Nov 2026 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax'

test('a cookie with all its defences is the server’s own', () => {
  assert.equal(weakened(COOKIE, ALL), COOKIE)
})

test('each defence of a cookie goes by itself', () => {
  assert.equal(weakened(COOKIE, { ...ALL, httpOnly: false }), COOKIE.replace(' HttpOnly;', ''))
  assert.equal(weakened(COOKIE, { ...ALL, sameSite: 'unset' }), COOKIE.replace('; SameSite=Lax', ''))
  for (const sameSite of ['None', 'Strict'] as const)
    assert.equal(weakened(COOKIE, { ...ALL, sameSite }), COOKIE.replace('Lax', sameSite))
})

test('without the check every request seems to come from the application’s own page', () => {
  const headers = { host: 'app.test', 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
  assert.deepEqual(disguised(headers, ALL), headers)
  assert.equal(disguised(headers, { ...ALL, check: false })['sec-fetch-site'], 'same-origin')
  assert.equal(disguised({ host: 'app.test' }, { ...ALL, check: false })['sec-fetch-site'], 'same-origin')
})
