/** Loads far beyond the evidence, by hand-made evidence: what they take follows from it, and so does where it ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MeasuredSummary } from '../../experiments/reports.ts'
import { around, asked, evidence, flat, ladderOf, step } from '../../testing/evidence.ts'
import type { Evidence } from '../evidence.ts'
import { plan } from '../plan.ts'
import { exactly } from '../range.ts'
import type { TierCost } from '../tier-cost.ts'
import { FAR } from '../tiers.ts'
import { type Assumptions, type FarLaw, farLaw, sizesAt } from './far.ts'

const assumptions: Assumptions = { secPerRequest: 20, headroom: 0.3, primaryBytes: 25e9, p99Ms: 50 }
const none = { scaling: [], scalability: [] }

function lawOf(
  over: Partial<Evidence> = {},
  fleets: Pick<MeasuredSummary, 'scaling' | 'scalability'> = none,
  assumed = assumptions,
): FarLaw {
  const law = farLaw(evidence(over), fleets, assumed)
  assert.ok(typeof law !== 'string', `${law}`)
  return law
}

const capacity = (perSec: number) =>
  ladderOf([step(1_000, 5_000)], {
    capacityPerSec: { ...around(perSec), lo: perSec, hi: perSec },
    capacityNote: 'found',
  })
const cost = (us: number): TierCost => ({
  points: [{ perSec: 1_000, us: exactly(us) }],
  marginal: exactly(us),
})

test('exactly known demands: load over capacity, rounded up, and CPU and memory of Redis apart', () => {
  const law = lawOf({
    ladder: capacity(10_000),
    replica: cost(100),
    redis: cost(20),
    proxy: cost(35),
    userBytes: { replicas: exactly(0), redis: exactly(500) },
  })
  const sizes = sizesAt(law, 1_000_000, assumptions)
  // 1 M ÷ 7,000; 20 busy cores ÷ 0.7; 35 ÷ 0.7. Memory: 20 M users × 500 bytes is 10 GB, one primary.
  assert.deepEqual(sizes.replicas, exactly(143))
  assert.deepEqual([sizes.redisPrimaries, sizes.decidedBy], [exactly(29), 'cpu'])
  assert.deepEqual(sizes.proxyCores, exactly(50))
  assert.equal(sizes.users, 20_000_000)
  // Users who ask once in 10 minutes: 600 M of them, 300 GB in 12 primaries; in 2,000 s, 1 TB in 40.
  const rare = sizesAt(law, 1_000_000, { ...assumptions, secPerRequest: 600 })
  assert.deepEqual([rare.redisPrimaries, rare.decidedBy], [exactly(29), 'cpu'])
  const rarer = sizesAt(law, 1_000_000, { ...assumptions, secPerRequest: 2_000 })
  assert.deepEqual([rarer.redisPrimaries, rarer.decidedBy], [exactly(40), 'memory'])
})

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const known = fc.record({
  perSec: positive(500, 50_000),
  redisUs: positive(1, 100),
  proxyUs: positive(1, 100),
  userBytes: positive(0, 5_000),
  efficiency: positive(0.3, 1),
  headroom: positive(0, 0.8),
  secPerRequest: positive(0.5, 3_600),
})

test('closed forms, ranges around their values, and never less for more load', () => {
  fc.assert(
    fc.property(known, positive(1, 1e7), positive(1, 10), (given, rps, factor) => {
      const assumed = { ...assumptions, headroom: given.headroom, secPerRequest: given.secPerRequest }
      const law = lawOf(
        {
          ladder: ladderOf([step(1_000, 5_000)], {
            capacityPerSec: around(given.perSec),
            capacityNote: 'found',
          }),
          redis: { ...flat(given.redisUs), marginal: around(given.redisUs * 0.8) },
          proxy: cost(given.proxyUs),
          userBytes: { replicas: exactly(0), redis: around(given.userBytes) },
          scaling: { replicas: 4, efficiency: exactly(given.efficiency) },
        },
        none,
        assumed,
      )
      const [sizes, more] = [sizesAt(law, rps, assumed), sizesAt(law, rps * factor, assumed)]
      const units = (amount: number) => Math.max(1, Math.ceil(amount - 1e-9))
      const free = 1 - given.headroom
      // A request takes 100 µs of a replica.
      near(sizes.replicas.value, rps / (Math.min(given.perSec, 10_000 * free) * given.efficiency))
      near(sizes.proxyCores?.value, (rps * given.proxyUs) / 1e6 / free)
      const memory = (rps * given.secPerRequest * given.userBytes) / assumed.primaryBytes
      near(sizes.redisPrimaries?.value, Math.max(units((rps * given.redisUs) / 1e6 / free), units(memory)))
      for (const key of ['replicas', 'redisPrimaries', 'proxyCores'] as const) {
        const [range, larger] = [sizes[key], more[key]]
        assert.ok(range && larger)
        assert.ok(range.lo <= range.value && range.value <= range.hi, key)
        assert.ok(larger.lo >= range.lo && larger.value >= range.value && larger.hi >= range.hi, key)
      }
    }),
  )
})

/** Whole units of an amount, of which a rounding error at the very edge may make one more or less. */
function near(found: number | undefined, amount: number): void {
  const ends = [amount * (1 - 1e-12), amount * (1 + 1e-12)].map((end) => Math.max(1, Math.ceil(end - 1e-9)))
  assert.ok(found !== undefined && ends.includes(found), `${found} is not ${amount} rounded up`)
}

test('twice the demand takes twice as much, but for rounding', () => {
  fc.assert(
    fc.property(positive(1, 50), positive(1e4, 1e7), (us, rps) => {
      const primaries = (demand: number) =>
        sizesAt(lawOf({ redis: cost(demand) }), rps, assumptions).redisPrimaries?.value ?? Number.NaN
      assert.ok([0, 1].includes(2 * primaries(us) - primaries(2 * us)))
    }),
  )
})

test('wherever a plan is made, it says the same', () => {
  const p99Ms = 40
  const law = lawOf({}, none, { ...assumptions, p99Ms })
  const given = asked({ p99Ms, headroom: 0.3 })
  fc.assert(
    fc.property(positive(1, 1e6), (rps) => {
      const planned = plan(evidence(), { ...given, rps, users: 1 })
      const sizes = sizesAt(law, rps, { ...assumptions, secPerRequest: 1 })
      assert.ok(planned.refused === null)
      assert.deepEqual(
        [sizes.replicas, sizes.redisPrimaries, sizes.proxyCores],
        [planned.replicas, planned.redisPrimaries, planned.proxyCores],
      )
    }),
  )
})

test('measured as far as rate and users both were, by the law as far as one proxy core and one primary go', () => {
  const rests = (law: FarLaw, rps: number) => sizesAt(law, rps, assumptions).rests
  // 100,000 users at one request in 20 s; 0.7 of a core at 30 µs a request.
  const sessions = lawOf({ ladder: capacity(10_000) })
  assert.equal(sessions.measuredToPerSec, 5_000)
  assert.ok(Math.abs(sessions.lawToPerSec - 0.7e6 / 30) < 1e-6)
  assert.deepEqual(
    [5_000, 5_001, 23_333, 23_334].map((rps) => rests(sessions, rps)),
    ['measured', 'law', 'law', 'assumption'],
  )
  const stateless = { replicas: exactly(0), redis: exactly(0) }
  const tokens = { ladder: capacity(10_000), redis: null, userBytes: stateless }
  assert.equal(lawOf(tokens).measuredToPerSec, 10_000)
  const fleet = { scheme: 'session-redis', replicas: 4, speedup: around(3.6), efficiency: around(0.9) }
  const real = [{ ...fleet, withheld: null, pace: null, quotaBias: null }]
  assert.equal(lawOf(tokens, { ...none, scaling: real }).measuredToPerSec, 36_000)
  assert.equal(lawOf(tokens, { ...none, scaling: real }).lawToPerSec, 36_000, 'never ends before it')
  const model = real.map((entry) => ({ ...entry, quotaBias: around(1.1) }))
  assert.equal(
    lawOf(tokens, { ...none, scaling: model }).measuredToPerSec,
    10_000,
    'shares of cores are no rate',
  )
})

test('a tier whose fit is poor ends where a plan would refuse; the others go on', () => {
  const poor = flat(20)
  const law = lawOf({ redis: poor })
  const end = FAR * 9_000
  assert.equal(law.redis?.knownToPerSec, end)
  assert.ok(sizesAt(law, end, assumptions).redisPrimaries)
  const beyond = sizesAt(law, end * 1.01, assumptions)
  assert.deepEqual([beyond.redisPrimaries, beyond.decidedBy], [null, null])
  assert.ok(beyond.proxyCores && beyond.replicas.value > 0)
  assert.equal(sizesAt(lawOf({ proxy: poor }), end * 1.01, assumptions).proxyCores, null)
})

test('a scheme without Redis takes none; one that is not known well enough is refused with a sentence', () => {
  const sizes = sizesAt(lawOf({ redis: null }), 1e6, assumptions)
  assert.deepEqual([sizes.redisPrimaries, sizes.decidedBy], [exactly(0), null])
  assert.match(`${farLaw(evidence(), none, { ...assumptions, p99Ms: 1 })}`, /lowest rate measured.*--rates/)
})
