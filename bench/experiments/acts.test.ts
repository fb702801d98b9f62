/** Observations during a real trial: what is seen is what the scheme does, and it shows in the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import type { Arm, Observed, Settings } from '../record/types.ts'
import { runTrial } from '../run/trial.ts'
import { fleetForTests } from '../testing/fleet.ts'
import { traits } from '../traits.ts'
import { conditionsOf, proofTrial } from '../verify/trial-of-proof.ts'

const fleet = fleetForTests('observe-test')
const REPEATS = 6

async function observed(scheme: SchemeName, change?: Partial<Arm>, declared?: Traits) {
  return (await trialOf(scheme, change, declared)) as Extract<Observed, { kind: 'revocation' }>
}

async function trialOf(scheme: SchemeName, change: Partial<Arm> = {}, declared: Traits = traits[scheme]) {
  const { signal } = new AbortController()
  const arm: Arm = {
    ...proofTrial.arm,
    id: `revocation/${scheme}`,
    scheme,
    replicas: 2,
    users: 200,
    load: { loop: 'journey', connections: 32, journeysPerSec: 20, reads: 2, thinkMs: 10 },
    warmupSec: 0.2,
    measureSec: 2,
    observe: {
      kind: 'revocation',
      users: REPEATS,
      ways: ['logout'],
      repeats: REPEATS,
      atOnce: 2,
      pollMs: 2,
      quietMs: 50,
    },
    ...change,
  }
  const result = await runTrial({ ...proofTrial, arm }, declared, conditionsOf(fleet(), signal))
  // Whether the machine was quiet enough for figures is not what is asked here.
  assert.ok(result.measurement, result.ok ? '' : result.reason)
  assert.equal(result.measurement.wrongAnswers, 0)
  return result.measurement.observed
}

test('a session in Redis is refused everywhere from its logout on', async () => {
  const seen = await observed('session-redis')
  const [logout] = seen.ways
  assert.deepEqual(logout?.lastAcceptedMs, Array(REPEATS).fill(null))
  assert.deepEqual([seen.late, seen.wrongUsers, seen.hangs, seen.examples], [0, 0, 0, []])
  assert.equal(logout.boundMs, 0)
  assert.equal(logout.refusedFromMs.length, REPEATS)
  assert.ok(seen.uses > REPEATS * 2 * 3, 'it was asked again and again')
})

test('a token is accepted until it expires: what is declared holds, and what is not shows', async () => {
  const settings = { ttlSec: 1 }
  const observe = {
    kind: 'revocation' as const,
    users: 4,
    ways: ['logout' as const],
    repeats: 4,
    atOnce: 4,
    pollMs: 2,
    quietMs: 50,
  }
  const change = { settings, observe, measureSec: 3 }
  const seen = await observed('jwt-hs256', change)
  const lasted = seen.ways[0]?.lastAcceptedMs ?? []
  // Issued in whole seconds, and accepted for one more.
  for (const ms of lasted) assert.ok(ms !== null && ms > 500 && ms <= 2_000, `${ms}`)
  assert.deepEqual([lasted.length, seen.late, seen.ways[0]?.boundMs, seen.ways[0]?.cut], [4, 0, 2_000, 0])

  const pretended = await observed('jwt-hs256', change, { ...traits['jwt-hs256'], revocation: 'immediate' })
  assert.ok(pretended.late > 100, `${pretended.late}`)
  assert.match(
    pretended.examples[0] ?? '',
    /^use of user2\d\d\/\d at r\d answered 200 [\d.]+ ms beyond the bound of its logout at r\d$/,
  )
})

test('what the end of the window cuts short has no figure', async () => {
  const seen = await observed('jwt-hs256', { settings: { ttlSec: 30 }, measureSec: 1 })
  assert.deepEqual([seen.ways[0]?.cut, seen.ways[0]?.lastAcceptedMs, seen.late], [2, [], 0])
})

const counting: Partial<Arm> = {
  measureSec: 2,
  observe: {
    kind: 'anomalies',
    users: 100,
    updates: { groups: 3, clients: 5 },
    heldWrites: 6,
    races: { times: 3, clients: 4 },
    strays: 20,
  },
}

async function counted(scheme: SchemeName, settings: Settings = {}) {
  const seen = (await trialOf(scheme, { ...counting, settings })) as Extract<Observed, { kind: 'anomalies' }>
  assert.deepEqual([seen.wrongUsers, seen.hangs], [0, 0])
  return seen
}

// How many there is time for depends on the machine; what becomes of each does not.
test('a logout is undone by a write in flight where the store just writes, and nowhere else', async () => {
  const [stock, tuned] = [await counted('session-redis'), await counted('session-redis-tuned')]
  // Now and then a busy server has not looked at a write yet when its logout comes.
  assert.ok(stock.heldWrites && stock.heldWrites.undone > stock.heldWrites.n / 3, JSON.stringify(stock))
  assert.ok(tuned.heldWrites && tuned.heldWrites.n > 0 && tuned.heldWrites.undone === 0)
  for (const { updates, strays, races } of [stock, tuned]) {
    assert.ok(updates && updates.groups > 0 && updates.lost >= updates.groups, JSON.stringify(updates))
    assert.equal(updates.copies, updates.groups)
    assert.deepEqual([strays.n > 0, strays.refused, races], [true, 0, null])
  }
})

test('users of one replica are strangers at the other', async () => {
  const { strays } = await counted('session-memory')
  assert.deepEqual([strays.n > 0, strays.refused], [true, strays.n / 2])
})

test('of refreshes that race one wins, and a lost reply ends the login: strict; within a grace none is logged out', async () => {
  const [strict, lenient] = [
    await counted('jwt-refresh', { refreshGraceSec: 0 }),
    await counted('jwt-refresh', { refreshGraceSec: 5 }),
  ]
  for (const { races } of [strict, lenient])
    assert.deepEqual(races?.successors, Array(Math.max(1, races?.n ?? 0)).fill(1))
  assert.deepEqual([strict.races?.let, strict.races?.loggedOut], [0, strict.races?.n])
  assert.deepEqual([lenient.races?.let, lenient.races?.loggedOut], [3 * (lenient.races?.n ?? 0), 0])
  const [refused, repeated] = [strict.lostReplies, lenient.lostReplies]
  assert.ok(refused && repeated && refused.n > 0 && repeated.n > 0 && repeated.copies > 0)
  assert.deepEqual([refused.wentOn, refused.letIn], [0, 0])
  assert.deepEqual([repeated.wentOn, repeated.letIn], [repeated.n, repeated.copies], 'and its price')
  assert.equal(strict.heldWrites, null, 'its credentials outlive a logout anyway')
  assert.equal(strict.updates?.copies, strict.updates?.n, 'each client has its own')
})
