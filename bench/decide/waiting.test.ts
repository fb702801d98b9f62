/** The p99 of a scheme at a reader's load, or none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evidence } from '../testing/evidence.ts'
import { USUAL } from './load.ts'
import { waitingOf } from './waiting.ts'

test('a scheme has a p99 with its range; one without a ladder, or one that nobody measured, has none', () => {
  const own = [{ ...evidence(), scheme: 'jwt-hs256' }]
  const load = { ...USUAL, handlerUs: 0 }
  const p99 = waitingOf(own, load, 'jwt-hs256') ?? assert.fail()
  assert.ok(p99.lo <= p99.value && p99.value <= p99.hi && p99.lo > 0)
  assert.equal(waitingOf(own, load, 'jwe'), null)
})
