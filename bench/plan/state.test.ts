/** A plan for sessions and tokens that remember much: along the measured slopes, and no further. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asked, evidence } from '../testing/evidence.ts'
import { reach } from './curve.ts'
import { type Evidence, type StateCost, stateCostOf } from './evidence.ts'
import { plan } from './plan.ts'
import { exactly } from './range.ts'
import { withState } from './state.ts'
import { costWhenBusiest } from './tier-cost.ts'

const nothing: StateCost = {
  replicaUs: exactly(0),
  redisUs: exactly(0),
  proxyUs: exactly(0),
  replyBytes: exactly(0),
  userBytes: { replicas: exactly(0), redis: exactly(0) },
  mostBytes: 16_000,
  limit: null,
}
const state: StateCost = {
  ...nothing,
  replicaUs: exactly(0.025),
  redisUs: exactly(0.002),
  proxyUs: exactly(0.001),
  replyBytes: exactly(0.5),
  userBytes: { replicas: exactly(0), redis: exactly(1) },
}
const moved = (stateBytes: number, cost: StateCost | null = state): Evidence => {
  const found = withState(evidence({ state: cost }), stateBytes)
  assert.ok(typeof found !== 'string', `${found}`)
  return found
}
const refused = (stateBytes: number, cost: StateCost | null) => {
  const found = withState(evidence({ state: cost }), stateBytes)
  assert.ok(typeof found === 'string')
  return found
}
const bound = { p99Us: 50_000, maxErrorShare: 0.001 }

test('every figure moves along its slope', () => {
  const { redis, proxy, replyBytes, userBytes, replica } = moved(4_000)
  assert.equal(costWhenBusiest(replica).value, 200)
  assert.equal(redis && costWhenBusiest(redis).value, 28)
  assert.equal(redis?.marginal?.value, 23)
  assert.equal(costWhenBusiest(proxy).value, 34)
  assert.equal(replyBytes.value, 2_300)
  assert.deepEqual([userBytes.replicas.value, userBytes.redis.value], [0, 4_500])
})

test('a replica that takes twice as long keeps twice the latency up to half the rate', () => {
  const before = reach(evidence().ladder, bound)
  const after = reach(moved(4_000).ladder, { ...bound, p99Us: 2 * bound.p99Us })
  assert.ok(before && after)
  assert.ok(Math.abs(after.perSec.value / before.perSec.value - 0.5) < 1e-9)
})

test('no state, or state that costs nothing, changes nothing but that the capacity is read from the ladder', () => {
  const [after, before] = [moved(0), evidence({ state })]
  assert.deepEqual(after.ladder.rungs, before.ladder.rungs)
  for (const of of [
    (one: Evidence) => costWhenBusiest(one.replica).value,
    (one: Evidence) => one.redis?.marginal?.hi,
    (one: Evidence) => costWhenBusiest(one.proxy).lo,
    (one: Evidence) => one.replyBytes.value,
    (one: Evidence) => one.userBytes.redis.value,
  ])
    assert.equal(of(after), of(before))
  const request = asked({ users: 1_000, p99Ms: 50, headroom: 0.3 })
  const few = plan(evidence({ state: nothing }), { ...request, stateBytes: null })
  const many = plan(evidence({ state: nothing }), { ...request, stateBytes: 16_000 })
  assert.ok(few.refused === null && many.refused === null)
  assert.deepEqual([many.replicas, many.p99Ms, many.proxyCores], [few.replicas, few.p99Ms, few.proxyCores])
  assert.ok(many.evidence.replicas?.some((id) => id.startsWith('payload/')))
  assert.ok(few.evidence.replicas?.every((id) => !id.startsWith('payload/')))
})

test('more state never needs less, and ranges hold their values', () => {
  const request = asked({ users: 1_000, p99Ms: 100, headroom: 0.3 })
  const size = fc.integer({ min: 0, max: 3_000 })
  fc.assert(
    fc.property(size, size, (a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map((stateBytes) =>
        plan(evidence({ state }), { ...request, stateBytes }),
      )
      assert.ok(less?.refused === null && more?.refused === null)
      for (const name of [
        'replicas',
        'redisPrimaries',
        'redisMemoryBytes',
        'proxyCores',
        'egressBytesPerSec',
      ] as const) {
        assert.ok(more[name].value >= less[name].value, name)
        assert.ok(more[name].lo <= more[name].value && more[name].value <= more[name].hi, name)
      }
    }),
  )
})

test('what was not measured, or what no scheme of the kind takes, is refused', () => {
  assert.match(refused(100, null), /--only cost,latency,users,payload --schemes session-redis/)
  assert.match(refused(16_001, state), /measured up to 16,000 bytes/)
  const limit = { acceptedBytes: 2_790, refusal: 'a cookie that browsers drop' }
  assert.match(refused(2_791, { ...state, limit }), /at most 2,790 bytes.*a cookie that browsers drop/)
  assert.equal(typeof withState(evidence({ state: { ...state, limit } }), 2_790), 'object')
})

test('slopes are read by the byte; one below zero is noise, and one of the replica that is not known ends it', () => {
  const perKb = (value: number) => ({ value, lo: value - 1, hi: value + 1, unit: 'µs', n: 5, warnings: [] })
  const entry = {
    scheme: 'x',
    limit: { acceptedBytes: 10, refusedBytes: null, refusal: null, tried: 1 },
    sizesBytes: [100, 1_000],
    perKb: {
      replicaCpuUs: perKb(5),
      redisCpuUs: null,
      proxyCpuUs: perKb(-2),
      servingCpuUs: null,
      sentBytes: null,
      receivedBytes: null,
      replicaBytesPerUser: null,
      redisBytesPerUser: null,
    },
  }
  const found = stateCostOf(entry)
  assert.deepEqual(found?.replicaUs, { value: 0.005, lo: 0.004, hi: 0.006 })
  assert.deepEqual([found?.proxyUs.value, found?.proxyUs.hi, found?.redisUs.value], [0, 0, 0])
  assert.equal(found?.limit, null)
  assert.equal(found?.mostBytes, 1_000)
  assert.equal(stateCostOf({ ...entry, perKb: { ...entry.perKb, replicaCpuUs: null } }), null)
})
