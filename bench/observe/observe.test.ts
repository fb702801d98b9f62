/** Observations during a real trial: what is seen of logouts is what the scheme does, and it shows in the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fleetForTests } from '../fleet/fleet-for-tests.ts'
import { traits } from '../traits.ts'
import { runTrial } from '../trial.ts'
import type { Arm, Observed, SchemeName, Traits } from '../types.ts'
import { conditionsOf, proofTrial } from '../verify/trial-of-proof.ts'

const fleet = fleetForTests('observe-test')
const REPEATS = 6

async function observed(scheme: SchemeName, change: Partial<Arm> = {}, declared: Traits = traits[scheme]) {
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
  return result.measurement.observed as Extract<Observed, { kind: 'revocation' }>
}

test('a session in Redis is refused everywhere from its logout on', async () => {
  const seen = await observed('session-redis')
  const [logout] = seen.ways
  assert.deepEqual(logout?.lastAcceptedMs, Array(REPEATS).fill(null))
  assert.deepEqual([seen.late, seen.wrongUsers, seen.hangs, seen.examples], [0, 0, 0, []])
  assert.equal(logout.boundMs, 0)
  assert.equal(logout.refusedFromMs.length, REPEATS)
  assert.ok(seen.uses > REPEATS * 2 * 10, 'it was asked densely')
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
