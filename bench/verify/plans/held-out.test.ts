/** The loads that plans are tried with fill as many replicas as they should, on whatever machine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plan } from '../../plan/plan.ts'
import { exactly } from '../../plan/range.ts'
import { around, evidence, flat } from '../../testing/evidence.ts'
import { HELD_OUT, requestOf } from './held-out.ts'

const issue = { replicas: exactly(900), redis: exactly(60), proxy: exactly(100) }
const issuing = { login: issue, refresh: issue, hashUs: null }

test('there are ten or more, and among them all that a fleet does', () => {
  assert.ok(HELD_OUT.length >= 10)
  const some = (is: (held: (typeof HELD_OUT)[number]) => boolean) => assert.ok(HELD_OUT.some(is))
  some(({ readsALogin }) => readsALogin > 0)
  some(({ readsARefresh }) => readsARefresh > 0)
  some(({ survive }) => survive > 0)
  some(({ replicaCores }) => replicaCores === 1)
  some(({ fills }) => fills > 5)
})

for (const perRequestUs of [80, 250]) {
  test(`each is planned with one replica more than it fills, at ${perRequestUs} µs a request`, () => {
    const found = evidence({ replica: flat(perRequestUs), issuing })
    for (const held of HELD_OUT) {
      const request = requestOf(held, found)
      assert.ok(typeof request !== 'string', String(request))
      const made = plan(found, request)
      assert.ok(made.refused === null)
      const expected = Math.ceil(held.fills) + held.survive
      assert.ok(Math.abs(made.replicas.value - expected) <= 1, `${held.number}: ${made.replicas.value}`)
      const busy = (made.whenGone?.busy ?? made.busy).replicas
      assert.ok(busy <= 1 - held.headroom + 1e-9, `${held.number}: ${busy}`)
    }
  })
}

test('what the runs cannot carry is a reason, and no request', () => {
  const [held] = HELD_OUT
  assert.ok(held)
  const none = evidence({
    ladder: { ...evidence().ladder, capacityPerSec: around(1, 'requests/s', 5), rungs: [] },
  })
  assert.equal(typeof requestOf(held, none), 'string')
  const logins = HELD_OUT.find(({ readsALogin }) => readsALogin > 0)
  assert.ok(logins)
  assert.match(String(requestOf(logins, evidence())), /login/)
})
