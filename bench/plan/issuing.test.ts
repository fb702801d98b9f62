/** Logins and refreshes from another run fill what a run lacks, and nothing else; what renews has no kin. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filledIssuing, type Issuing } from './issuing.ts'
import { isKin } from './kin.ts'
import { exactly } from './range.ts'

const issue = (us: number) => ({ replicas: exactly(us), redis: exactly(0), proxy: exactly(us) })
const none: Issuing = { login: null, refresh: null, hashUs: null }
const other: Issuing = { login: issue(2), refresh: issue(3), hashUs: exactly(4) }

test('what a run has stays its own; what it lacks is named by where it is from', () => {
  assert.deepEqual(filledIssuing(none, other, 'r'), { ...other, from: 'r' })
  const own = { ...none, login: issue(1) }
  assert.deepEqual(filledIssuing(own, other, 'r'), { ...other, login: issue(1), from: 'r' })
  const whole = { login: issue(1), refresh: issue(1), hashUs: exactly(1) }
  assert.equal(filledIssuing(whole, other, 'r'), whole)
  assert.equal(filledIssuing(own, none, 'r'), own)
})

test('kin keep the same in the same place', () => {
  assert.ok(isKin('jwt-hs256', 'jwt-rs256') && isKin('jwt-refresh', 'jwt-refresh'))
  assert.ok(!isKin('jwt-denylist', 'jwt-refresh') && !isKin('jwt-refresh', 'jwt-denylist'))
  assert.ok(!isKin('session-redis', 'jwt-hs256') && !isKin('gone', 'jwt-hs256'))
})
