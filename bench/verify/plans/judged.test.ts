/** What started fleets say of a plan, worked out by hand on made-up turns. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactly } from '../../plan/range.ts'
import type { PlanCheck } from '../../record/types.ts'
import { conclusionOf, errorOf, isInRange, judgedFleet, type Promised, smallestKept } from './judged.ts'
import type { Seen } from './started.ts'

type Request = PlanCheck['requests'][number]

/** So many turns of a second, each with 100 requests of so many µs in replicas and proxy. */
function turns(
  replicasUs: number,
  proxyUs: number,
  { failed = 0, redisUs = null as number | null } = {},
): Seen[] {
  return Array.from({ length: 6 }, () => ({
    ...{ seconds: 1, requests: 100 - failed, failed, meanInFlight: 1, hostUs: null },
    cpuUs: {
      replicas: replicasUs * (100 - failed),
      redis: redisUs === null ? null : redisUs * (100 - failed),
      proxy: proxyUs * (100 - failed),
      generator: 1,
    },
  }))
}

const promised: Promised = {
  ...{ replicas: 3, atWork: 2, coreShare: 0.25, perSec: 500, mostBusy: 0.6 },
  ...{ p99Ms: null, maxErrorShare: 0.001 },
}

const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-9, `${value}`)

test('busy is CPU a request times the requests asked for, over what those at work may use', () => {
  const control = turns(150, 50)
  const fleet = judgedFleet(promised, { own: turns(400, 100), control, p99Us: 9e6 }, exactly(200))
  // 500/s × 400 µs is 0.2 of a core, of the half that two replicas with a quarter each have.
  near(fleet.busy.replicas.raw, 0.4)
  near(fleet.busy.replicas.atPace.value, 0.4)
  near(fleet.busy.proxy.raw, 0.05)
  assert.equal(fleet.busy.redis, null)
  // Under quotas p99 is not judged.
  assert.deepEqual([fleet.p99Ms, fleet.kept, fleet.turns], [null, true, 6])
})

test('on a machine that is half as fast all takes twice as long, and at equal pace as long as before', () => {
  const control = turns(300, 100, { redisUs: 0 })
  const fleet = judgedFleet(
    promised,
    { own: turns(800, 200, { redisUs: 40 }), control, p99Us: 1 },
    exactly(200),
  )
  near(fleet.busy.replicas.raw, 0.8)
  near(fleet.busy.replicas.atPace.value, 0.4)
  near(fleet.busy.redis?.atPace.value ?? 0, 0.01)
  near(fleet.pace.value, 2)
  assert.equal(fleet.kept, true)
})

test('the control’s own interval in the runs is part of the interval at equal pace', () => {
  const seen = { own: turns(400, 100), control: turns(150, 50), p99Us: 1 }
  const { atPace } = judgedFleet(promised, seen, { value: 200, lo: 180, hi: 220 }).busy.replicas
  near(atPace.lo, 0.36)
  near(atPace.hi, 0.44)
})

test('a fleet that is too busy, too slow or answers too little has not kept the promise', () => {
  const control = turns(150, 50)
  const kept = (more: Partial<Promised>, own: Seen[], p99Us = 1) =>
    judgedFleet({ ...promised, ...more }, { own, control, p99Us }, exactly(200)).kept
  assert.equal(kept({}, turns(590, 100)), true)
  assert.equal(kept({}, turns(610, 100)), false)
  assert.equal(kept({ p99Ms: 50, coreShare: 1 }, turns(400, 100), 51_000), false)
  assert.equal(kept({ p99Ms: 50, coreShare: 1 }, turns(400, 100), 49_000), true)
  assert.equal(kept({}, turns(400, 100, { failed: 1 })), false)
})

/** Fleets of so many replicas, and whether each kept the promise. */
function request(lo: number, value: number, hi: number, fleets: [replicas: number, busy: number][]): Request {
  const seen = (busy: number) => ({ raw: busy, atPace: { value: busy, lo: busy - 0.02, hi: busy + 0.02 } })
  return {
    ...{ number: 1, scheme: 's', rps: 100, users: 10, handlerUs: 0, loginsPerSec: 0, refreshesPerSec: 0 },
    ...{ headroom: 0.4, survive: 0, replicaCores: 0.25, redisMemoryBytes: null },
    planned: {
      replicas: { value, lo, hi },
      busy: { replicas: 0.5, redis: null, proxy: 0.1 },
      p99Ms: null,
      redisMemoryBytes: exactly(0),
    },
    fleets: fleets.map(([replicas, busy]) => ({
      ...{ replicas, atWork: replicas, turns: 6, pace: exactly(1), p99Ms: null, failedShare: 0 },
      busy: { replicas: seen(busy), redis: null, proxy: seen(0.1) },
      kept: busy <= 0.6,
    })),
  }
}

test('the smallest fleet that kept the promise lies in the range, beside it, or is not known', () => {
  const planned = request(2, 3, 4, [
    [2, 0.7],
    [3, 0.55],
    [4, 0.4],
  ])
  assert.deepEqual([smallestKept(planned), isInRange(planned)], [3, true])
  near(errorOf(planned, 'replicas') ?? 0, 0.1)
  // The smaller one suffices, and the range does not hold it.
  const larger = request(3, 3, 4, [
    [2, 0.5],
    [3, 0.4],
    [4, 0.3],
  ])
  assert.deepEqual([smallestKept(larger), isInRange(larger)], [2, false])
  // A range that begins below the smallest that was started: one below might suffice as well.
  assert.equal(
    isInRange({ ...larger, planned: { ...larger.planned, replicas: { value: 3, lo: 1, hi: 4 } } }),
    null,
  )
  const none = request(2, 3, 4, [
    [2, 0.9],
    [3, 0.8],
    [4, 0.7],
  ])
  assert.deepEqual([smallestKept(none), isInRange(none)], [null, false])
  assert.equal(
    isInRange({ ...none, planned: { ...none.planned, replicas: { value: 3, lo: 2, hi: 6 } } }),
    null,
  )
  const alone = request(1, 1, 1, [
    [1, 0.5],
    [2, 0.3],
  ])
  assert.equal(isInRange(alone), true)
})

test('the conclusion counts what was off, what was promised too much, and ranges that say little', () => {
  const right = request(3, 3, 4, [[3, 0.5]])
  const busier = { ...request(2, 3, 4, [[3, 0.7]]), number: 2 }
  const wide = { ...request(1, 3, 5, [[3, 0.45]]), number: 3 }
  const { medianErrors, worstError, above, wide: tooWide } = conclusionOf({ requests: [right, busier, wide] })
  near(medianErrors.replicas, 0.1)
  near(worstError, 0.4)
  assert.deepEqual([above, tooWide], [[2], [3]])
})
