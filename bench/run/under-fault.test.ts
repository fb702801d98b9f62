/** Whole trials under faults, on real fleets: their records, and that nothing of them stays when one is stopped in the middle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SchemeName } from '../../servers/scheme.ts'
import { faults } from '../experiments/faults/plan.ts'
import { DEFAULT_SLO } from '../experiments/profiles.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { identify } from '../fleet/processes/identity.ts'
import type { FaultId, Observed, Trial } from '../record/types.ts'
import { fleetForTests } from '../testing/fleet.ts'
import { planOptions } from '../testing/plan-options.ts'
import { traits } from '../traits.ts'
import { gates } from './gates.ts'
import { Interrupted, runTrial } from './trial.ts'

type Seen = Extract<Observed, { kind: 'faults' }>

const fleet = fleetForTests('under-fault')
const rules = {
  gates: gates(),
  repeatsPerTrial: 0,
  repeatsShare: 0,
  slo: DEFAULT_SLO,
  precision: null,
  minBlocks: 1,
}
const PER_SEC = 200
const SHORT = { users: 100, perSec: PER_SEC, beforeSec: 0.6, faultSec: 0.8, afterSec: 1 }

async function trialOf(fault: FaultId, scheme: SchemeName): Promise<Trial> {
  const options = await planOptions({ profile: 'full', schemes: ['none', scheme], schemesNamed: true })
  const arms = faults.plan(options).rounds.flatMap((round) => round.arms)
  const arm = arms.find(({ observe, variant }) => observe?.kind === 'faults' && variant === fault)
  assert.ok(arm)
  return {
    id: `${arm.id}@0`,
    block: 0,
    position: 0,
    arm: { ...arm, warmupSec: 0.2, measureSec: 0.2, observe: { kind: 'faults', fault, ...SHORT } },
  }
}

async function seen(fault: FaultId, scheme: SchemeName): Promise<Seen> {
  const conditions = { fleet: fleet(), rules, seed: 1, signal: new AbortController().signal }
  const record = await runTrial(await trialOf(fault, scheme), traits[scheme], conditions)
  assert.ok(record.ok, record.ok ? '' : record.reason)
  const { observed } = record.measurement
  assert.ok(observed?.kind === 'faults')
  return observed
}

/** The machine may be busy with other things: a request in twenty may have found it so. */
const NEARLY_ALL = 0.95

function requireShare(bins: Seen['bins'], of: 'good' | 'unavailable', fromMs: number, toMs: number): void {
  const within = bins.filter((bin) => bin.fromMs >= fromMs && bin.fromMs + 100 <= toMs)
  const due = within.reduce((sum, bin) => sum + bin.due, 0)
  const share = within.reduce((sum, bin) => sum + bin[of], 0) / due
  assert.ok(share >= NEARLY_ALL, `${share} of ${due} were ${of}: ${JSON.stringify(within)}`)
}

test('a Redis that stands still: 503 to all meanwhile, as many requests as were due, nobody out, no logout undone', async () => {
  const { bins, healFromMs, alive, revoked, ...rest } = await seen('redis-stopped', 'session-redis')
  const due = bins.reduce((sum, bin) => sum + bin.due, 0)
  const sec = (bins.length * 100) / 1_000
  // Two in 21 are old credentials, which are on no timeline.
  const expected = (19 / 21) * PER_SEC * sec
  assert.ok(Math.abs(due - expected) < 0.1 * expected, `${due} due in ${sec} s`)
  // Those that were due shortly before it stops are under way then, and are answered by nobody.
  requireShare(bins, 'good', -500, -100)
  // Those that were due shortly before it goes on still wait then, and are answered after all.
  requireShare(bins, 'unavailable', 0, healFromMs - 400)
  assert.equal(alive.loggedOut, 0)
  assert.ok(revoked.asked > 0)
  assert.equal(revoked.late, 0)
  assert.deepEqual([rest.wrongUsers, rest.hangs, rest.serverErrors], [0, 0, 0])
})

test('a Redis that forgets: sessions are gone, and ended tokens live again', async () => {
  const sessions = await seen('redis-flushed', 'session-redis-tuned')
  assert.ok(sessions.before.asked > 50)
  assert.equal(sessions.before.loggedOut, sessions.before.asked)
  assert.equal(sessions.revoked.late, 0)
  const tokens = await seen('redis-flushed', 'jwt-denylist')
  assert.equal(tokens.alive.loggedOut, 0)
  assert.ok(tokens.revoked.late > 0)
  assert.equal(tokens.revokedMeanwhile.late, 0, 'who leaves afterwards stays out')
  assert.match(tokens.examples.join(), /beyond the bound of its logout/)
})

test('a replica that is killed on purpose ends no trial; its share of the users is out where it kept them', async () => {
  const { before, hangs: _, ...rest } = await seen('replica-killed', 'session-memory')
  assert.ok(
    before.loggedOut > 0.2 * before.asked && before.loggedOut < 0.8 * before.asked,
    JSON.stringify(before),
  )
  assert.equal(rest.wrongUsers, 0)
})

test('requests in bad faith: nobody else notices, and none is answered 500', async () => {
  const { bins, healFromMs, alive, ...rest } = await seen('hostile-requests', 'jwt-hs256')
  requireShare(bins, 'good', 0, healFromMs)
  assert.equal(alive.loggedOut, 0)
  assert.deepEqual([rest.wrongUsers, rest.hangs, rest.serverErrors], [0, 0, 0])
})

test('a trial that is stopped while Redis stands still leaves no process', async () => {
  const stop = new AbortController()
  let pids: (number | null | undefined)[] = []
  const start: Fleet['start'] = async (spec) => {
    const running = await fleet().start(spec)
    pids = [running.redis?.pid, running.proxy.pid, ...running.replicas.map(({ pid }) => pid)]
    const { injector } = running
    assert.ok(injector)
    const inject = async () => {
      await injector.inject()
      void sleep(100).then(() => stop.abort())
    }
    return { ...running, injector: { ...injector, inject } }
  }
  const generatorFor: Fleet['generatorFor'] = (replicas) => fleet().generatorFor(replicas)
  // The real fleet keeps its fields to itself, so that no other object can stand in for all of it.
  const watched = new Proxy(fleet(), {
    get: (target, name) => ({ start, generatorFor })[String(name)] ?? Reflect.get(target, name, target),
  })
  const conditions = { fleet: watched, rules, seed: 1, signal: stop.signal }
  const run = runTrial(await trialOf('redis-stopped', 'session-redis'), traits['session-redis'], conditions)
  await assert.rejects(run, Interrupted)
  assert.equal(pids.length, 4)
  assert.deepEqual(
    pids.filter((pid) => pid && identify(pid)),
    [],
  )
})
