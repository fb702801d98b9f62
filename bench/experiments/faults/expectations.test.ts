/** What is expected of faults: of each something, of nobody what his traits exclude, and each can be broken. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultIdSchema } from '../../record/schema/faults.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { traits } from '../../traits.ts'
import { ALWAYS, EXPECTED, judged, type Measured } from './expectations.ts'
import { FAULTS, faults } from './plan.ts'

const well: Measured = {
  beforeShare: 1,
  duringShare: 1,
  endShare: 1,
  failed: 0,
  due: 1_000,
  firstFailureMs: null,
  recoveryMs: 0,
  watchedMs: 2_500,
  alive: 300,
  loggedOut: 0,
  before: 300,
  loggedOutBefore: 0,
  revoked: 50,
  late: 0,
  revokedMeanwhile: 15,
  lateMeanwhile: 0,
  unacknowledged: 0,
  wrongUsers: 0,
  hangs: 0,
  serverErrors: 0,
}
const broken = (
  fault: keyof typeof EXPECTED,
  scheme: keyof typeof traits,
  changes: Partial<Measured>,
  settings = {},
) =>
  judged(fault, traits[scheme], settings, { ...well, ...changes }).flatMap(({ words, kept }) =>
    kept ? [] : [words],
  )

test('every fault is tried, and something is expected of each', () => {
  assert.deepEqual([...new Set(FAULTS.map(({ fault }) => fault))].sort(), faultIdSchema.options.toSorted())
  for (const fault of faultIdSchema.options) assert.ok(EXPECTED[fault].length > 0, fault)
})

test('each expectation can be broken, and says what by', () => {
  for (const one of [...ALWAYS, ...Object.values(EXPECTED).flat()]) {
    assert.ok(one.least !== undefined || one.most !== undefined, one.words)
    assert.ok((one.least ?? 1) > 0, `${one.words}: at least 0 is always so`)
  }
})

test('of all and always: nobody’s answer to somebody else, no hang, no 500', () => {
  for (const changes of [{ wrongUsers: 1 }, { hangs: 1 }, { serverErrors: 1 }])
    assert.equal(broken('replica-drained', 'jwt-hs256', changes).length, 1)
  assert.deepEqual(broken('replica-drained', 'jwt-hs256', {}), [])
})

test('what is lost with Redis’s memory: sessions are gone, ended tokens live', () => {
  assert.deepEqual(broken('redis-flushed', 'session-redis', { loggedOutBefore: 300 }), [])
  assert.deepEqual(broken('redis-flushed', 'session-redis', { loggedOutBefore: 150 }), [
    'everybody is logged out',
  ])
  assert.deepEqual(broken('redis-flushed', 'jwt-denylist', {}), ['ended tokens come back to life'])
})

test('a denylist that cannot be asked is expected to do what its mode says', () => {
  const out = { duringShare: 0.05 }
  const lax = { denylistDown: 'open' }
  assert.deepEqual(broken('redis-stopped', 'jwt-denylist', out), [])
  assert.deepEqual(broken('redis-stopped', 'jwt-denylist', { ...out, late: 1 }), [
    'an acknowledged logout lasts',
  ])
  assert.deepEqual(broken('redis-stopped', 'jwt-denylist', { late: 1 }, lax), [])
  assert.deepEqual(broken('redis-stopped', 'jwt-denylist', out, lax), [
    'tokens that cannot be looked up are let in',
    'ended tokens are let in',
  ])
})

test('what was not seen to come back was not back in time', () => {
  assert.deepEqual(broken('proxy-killed', 'jwt-hs256', { recoveryMs: null }), ['it is back within 2 s'])
  assert.deepEqual(broken('proxy-killed', 'jwt-hs256', { recoveryMs: 2_001 }), ['it is back within 2 s'])
})

test('the plan: schemes without Redis have none to lose; what is not ours to break is left out and said', async () => {
  const { rounds } = faults.plan(await planOptions())
  const arms = rounds.flatMap((round) => round.arms)
  assert.equal(new Set(arms.map(({ id }) => id)).size, arms.length)
  for (const { scheme, observe } of arms) {
    assert.ok(observe?.kind === 'faults')
    const state = traits[scheme as keyof typeof traits].state
    if (/^redis|^failover/.test(observe.fault)) assert.match(state, /redis/)
    assert.notEqual(state, 'none')
  }
  const theirs = faults.plan(await planOptions({ faultProblem: 'the Redis is not ours' }))
  assert.deepEqual(theirs, { rounds: [], notes: ['faults: left out, since the Redis is not ours'] })
  assert.equal(faults.plan(await planOptions({ maxReplicas: 1 })).rounds.length, 0)
  const brief = faults.plan(await planOptions({ profile: 'smoke' })).rounds.flatMap((round) => round.arms)
  assert.ok(brief.length > 0 && brief.length < arms.length / 3)
})

test('a named scheme is tried under every fault that it can feel', async () => {
  const named = { schemes: ['none', 'jwt-hs256'] as const, schemesNamed: true }
  const arms = faults.plan(await planOptions(named)).rounds.flatMap((round) => round.arms)
  const feeling = FAULTS.filter(({ feels }) => feels(traits['jwt-hs256']))
  assert.deepEqual(
    arms.map(({ scheme, observe }) => [scheme, observe?.kind === 'faults' && observe.fault]),
    feeling.map(({ fault }) => ['jwt-hs256', fault]),
  )
})
