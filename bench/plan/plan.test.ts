/** Plans by hand-made evidence: what is needed follows from it, and what cannot be said is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { around, asked, evidence, flat, ladderOf, step } from '../testing/evidence.ts'
import { crossing } from './crossing.ts'
import { type Plan, plan, type Refusal } from './plan.ts'
import { exactly, type Range } from './range.ts'

const request = asked()

const ms = (range: Range | null): number => range?.value ?? Number.NaN

function made(result: Plan | Refusal): Plan {
  assert.equal(result.refused, null)
  return result as Plan
}

test('20,000/s of replicas that keep 40 ms up to 8,000/s, worked out by hand', () => {
  const planned = made(plan(evidence(), request))
  assert.equal(planned.replicas.value, 3)
  // 20,000 × 20 µs is 0.4 of a core; × 30 µs is 0.6.
  assert.deepEqual([planned.redisPrimaries.value, planned.proxyCores.value], [1, 1])
  assert.ok(Math.abs((planned.busy.redis ?? 0) - 0.4) < 1e-9)
  assert.ok(Math.abs(planned.busy.proxy - 0.6) < 1e-9)
  assert.equal(planned.redisMemoryBytes.value, 500_000_000)
  assert.equal(planned.egressBytesPerSec.value, 6_000_000)
  // 6,667/s each: two thirds of the way from 20 ms at 4,000/s to 40 ms at 8,000/s, on the line of the logarithm. Redis
  // was 2/15 busy when that was measured and is 0.4 now, the proxy 0.2 and 0.6: M/M/1 keeps p99 within S·ln 100/(1 − ρ).
  const waitingMs = (Math.log(100) * (20 / 0.6 - 20 / (13 / 15) + (30 / 0.4 - 30 / 0.8))) / 1e3
  assert.ok(Math.abs(ms(planned.p99Ms) - (20 * 2 ** (2 / 3) + waitingMs)) < 1e-9)
  assert.equal(planned.bottleneck, 'replicas')
  assert.deepEqual(planned.evidence.replicas, ['latency/session-redis@0'])
  assert.deepEqual(planned.evidence.p99Ms, ['latency/session-redis@0', 'cost/session-redis@0'])
})

test('headroom is the share of each tier that stays free', () => {
  const planned = made(plan(evidence(), { ...request, headroom: 0.5 }))
  // Half of a core is 5,000/s at 100 µs each, and 40 ms are kept up to 8,000/s.
  assert.equal(planned.replicas.value, 4)
  assert.equal(planned.busy.replicas, 0.5)
  assert.deepEqual([planned.redisPrimaries.value, planned.proxyCores.value], [1, 2])
  assert.equal(made(plan(evidence(), { ...request, headroom: 0.1 })).replicas.value, 3)
})

test('busy falls with the headroom, along a curve on which a request gets cheaper as the rate rises', () => {
  const bent = evidence({
    replica: {
      points: [
        { perSec: 1_000, us: around(200) },
        { perSec: 8_000, us: around(100) },
      ],
      marginal: null,
    },
  })
  const shares = [0, 0.3, 0.5, 0.7].map(
    (headroom) => made(plan(bent, { ...request, headroom })).busy.replicas,
  )
  for (const [i, headroom] of [0.3, 0.5, 0.7].entries()) assert.ok((shares[i + 1] ?? 1) <= 1 - headroom)
  assert.deepEqual(
    shares,
    shares.toSorted((a, b) => b - a),
  )
})

test('what is left when units are gone keeps the headroom and the latency', () => {
  const spare = { headroom: 0.3, rps: 60_000 }
  const plain = made(plan(evidence(), { ...request, ...spare }))
  assert.deepEqual([plain.replicas.value, plain.whenGone], [9, null])
  const survived = made(plan(evidence(), { ...request, ...spare, survive: 1 }))
  assert.equal(survived.replicas.value, 10)
  assert.deepEqual([survived.whenGone?.replicas, survived.whenGone?.p99Ms], [9, ms(plain.p99Ms)])
  assert.ok((survived.whenGone?.busy.replicas ?? 1) <= 0.7 && survived.busy.replicas < 0.61)
  assert.deepEqual([survived.redisPrimaries.value, survived.redisStandbys.value], [2, 2])
  const zones = made(plan(evidence(), { ...request, ...spare, survive: 1, zones: 3, deploy: 'rolling' }))
  assert.ok(zones.replicas.value >= 14 && (zones.whenGone?.busy.replicas ?? 1) <= 0.7)
  const byDefault = made(plan(evidence(), { ...request, ...spare, survive: null }))
  assert.equal(byDefault.replicas.value, 10)
  const single = made(plan(evidence(), { ...request, rps: 100, survive: null }))
  assert.deepEqual([single.replicas.value, single.redisStandbys.value], [1, 0])
  assert.match(single.warnings.join('\n'), /one replica.*--survive 1[\s\S]*|one Redis without a standby/)
})

test('a part of a core has so much less time, at the rate that the process itself gets', () => {
  const bent = evidence({
    replica: {
      points: [
        { perSec: 500, us: around(400) },
        { perSec: 2_000, us: around(100) },
      ],
      marginal: null,
    },
  })
  const quarter = { ...request, rps: 1_000, replicaCores: 0.25, p99Ms: null, headroom: 0.2 }
  const planned = made(plan(bent, quarter))
  // A fifth of a core, at 400 µs a request below 500/s: no more than 500/s.
  assert.equal(planned.replicas.value, 2)
  assert.ok(Math.abs(planned.busy.replicas - 0.8) < 1e-9)
  assert.deepEqual([planned.p50Ms, planned.p99Ms], [null, null])
  assert.match(planned.warnings.join(), /by CPU alone/)
  const { refused } = plan(bent, { ...quarter, p99Ms: 50 })
  assert.match(refused ?? '', /0\.25 of a core.*--p99 none/)
})

test('by CPU alone each part of a core keeps its headroom, and one replica fewer would not', () => {
  const wanted = fc.record({
    rps: fc.integer({ min: 50, max: 200_000 }),
    headroom: fc.double({ min: 0, max: 0.8, noNaN: true }),
    replicaCores: fc.constantFrom(0.1, 0.25, 0.5, 1),
  })
  fc.assert(
    fc.property(wanted, (over) => {
      const asking = { ...request, ...over, p99Ms: null, users: 1_000 }
      const planned = made(plan(evidence(), asking))
      assert.ok(planned.busy.replicas <= 1 - over.headroom + 1e-9)
      const fewer = planned.replicas.value - 1
      const busyOfFewer = (planned.busy.replicas * planned.replicas.value) / fewer
      assert.ok(busyOfFewer > 1 - over.headroom - 1e-9)
    }),
  )
})

test('without a bound on latency a replica is as busy as the headroom leaves, also beyond what was measured', () => {
  const free = made(plan(evidence(), { ...request, p99Ms: null, headroom: 0.3 }))
  // 7,000/s at 100 µs each.
  assert.equal(free.replicas.value, 3)
  assert.ok(Math.abs(free.mostBusy - 0.7) < 1e-9)
  // 9,000/s is the most that was sent.
  const beyond = made(plan(evidence(), { ...request, rps: 19_900, p99Ms: null }))
  assert.equal(beyond.replicas.value, 2)
  assert.match(beyond.warnings.join(), /beyond 9,000\/s/)
  assert.ok(ms(free.p99Ms) > 0)
})

test('more zones than replicas is no plan', () => {
  const { refused } = plan(evidence(), { ...request, rps: 100, zones: 3 })
  assert.match(refused ?? '', /2 replicas carry this load.*3 zones.*--zones/)
})

test('the run’s own capacity is taken for the bound that it was measured for', () => {
  const ladder = {
    ...evidence().ladder,
    capacityPerSec: around(1_000, 'requests/s', 5),
    capacityNote: 'found' as const,
  }
  assert.equal(made(plan(evidence({ ladder }), { ...request, p99Ms: 50 })).replicas.value, 20)
  assert.equal(made(plan(evidence({ ladder }), { ...request, p99Ms: 40 })).replicas.value, 3)
})

test('Redis fills up first where it takes the most of what one can give', () => {
  const hungry = evidence({ redis: flat(48) })
  assert.equal(made(plan(hungry, request)).bottleneck, 'redis')
})

test('a scheme without Redis needs none', () => {
  const planned = made(plan(evidence({ redis: null }), request))
  assert.deepEqual(planned.redisPrimaries, exactly(0))
  assert.equal(planned.busy.redis, null)
})

test('efficiency that was measured takes its part; one that was not is said', () => {
  const losing = evidence({ scaling: { replicas: 4, efficiency: { value: 0.5, lo: 0.4, hi: 0.6 } } })
  assert.equal(made(plan(losing, request)).replicas.value, 5)
  assert.match(made(plan(losing, request)).warnings.join(), /measured up to 4 replicas/)
  const gaining = evidence({ scaling: { replicas: 4, efficiency: { value: 1.1, lo: 0.9, hi: 1.3 } } })
  assert.ok(made(plan(gaining, { ...request, headroom: 0.5 })).busy.replicas <= 0.5)
  assert.match(made(plan(evidence(), request)).warnings.join(), /scale without loss/)
})

test('what cannot be said is refused, with what to do', () => {
  const refused = (result: Plan | Refusal) => {
    assert.ok(result.refused !== null)
    return result.refused
  }
  assert.match(refused(plan(evidence(), { ...request, p99Ms: 5 })), /lowest rate measured.*--rates/)
  const wild = ladderOf([
    step(1_000, 5_000),
    step(8_000, 60_000, { p99Us: { ...around(60_000), lo: 10_000, hi: 90_000 } }),
    step(9_000, 900_000),
  ])
  const vague = {
    ...wild,
    rungs: wild.rungs.map((rung, i) => (i === 0 ? { ...rung, p99Us: { ...rung.p99Us, hi: 60_000 } } : rung)),
  }
  assert.match(refused(plan(evidence({ ladder: vague }), request)), /too wide.*--trials/)
  const far = { ...request, rps: 9_000 * 21, headroom: 0.3 }
  const poor = evidence({ redis: flat(20) })
  assert.match(refused(plan(poor, far)), /too poor to carry Redis that far.*“Far scale”/)
  assert.equal(plan(evidence(), far).refused, null, 'with a fit the utilization law carries it')
})

test('no more for a replica than all blocks together kept, whatever the median block did', () => {
  const ladder = ladderOf([step(1_000, 5_000), step(4_000, 90_000), step(9_000, 400_000)], {
    capacityPerSec: around(8_000, 'requests/s'),
    capacityNote: 'found',
  })
  const asked = { ...request, p99Ms: 50 }
  // 50 ms lies at ln(10) ÷ ln(18) of the way from 1,000/s to 4,000/s: 3,390/s, less than the share of 8,000/s.
  const held = made(plan(evidence({ ladder }), asked))
  assert.equal(held.replicas.value, Math.ceil(request.rps / 3_390))
  assert.ok(ms(held.p99Ms) <= 50 * 1.01)
  assert.match(
    held.warnings.join('\n'),
    /gets at most 3,390\/s.*kept 50 ms.*median block up to 8,000\/s.*--trials/,
  )
  const free = made(plan(evidence({ ladder }), { ...asked, headroom: 0.7 }))
  // 0.3 of a core at 100 µs each.
  assert.equal(free.replicas.value, 7)
  assert.doesNotMatch(free.warnings.join('\n'), /gets at most/)
  const nowhere = { ...ladder, rungs: ladder.rungs.map((rung) => ({ ...rung, p99Us: around(60_000) })) }
  assert.match(plan(evidence({ ladder: nowhere }), asked).refused ?? '', /already at 1,000\/s.*--rates/)
})

/** Enough headroom that no waiting at Redis or proxy breaks the bound: less is the next property's. */
const AMPLE = 0.2
const requests = (headroom: fc.Arbitrary<number>) =>
  fc.record({
    rps: fc.double({ min: 1, max: 150_000, noNaN: true }),
    users: fc.integer({ min: 1, max: 10_000_000 }),
    p99Ms: fc.double({ min: 12, max: 300, noNaN: true }),
    headroom,
    replicaCores: fc.constantFrom(1, 2, 4),
  })
const anyRequest = requests(fc.double({ min: AMPLE, max: 0.8, noNaN: true }))

test('more load, less latency or more headroom never needs less; ranges hold their values', () => {
  // Where more primaries make Redis wait less, replicas may take a little more each: without Redis none do.
  const alone = evidence({ redis: null, proxy: flat(0.01) })
  fc.assert(
    fc.property(anyRequest, fc.double({ min: 1, max: 5, noNaN: true }), (wanted, factor) => {
      const base = { ...request, ...wanted }
      const planned = made(plan(evidence(), base))
      for (const range of [
        planned.replicas,
        planned.redisPrimaries,
        planned.proxyCores,
        planned.p99Ms ?? exactly(Number.NaN),
      ]) {
        assert.ok(range.lo <= range.value && range.value <= range.hi)
      }
      const least = made(plan(alone, base)).replicas.value
      const harder = [
        { ...base, rps: Math.min(base.rps * factor, 180_000) },
        { ...base, p99Ms: Math.max(12, base.p99Ms / factor) },
        { ...base, headroom: Math.min(0.9, base.headroom * factor) },
      ]
      for (const one of harder) {
        const more = made(plan(evidence(), one))
        assert.ok(more.redisPrimaries.value >= planned.redisPrimaries.value)
        assert.ok(more.proxyCores.value >= planned.proxyCores.value)
        assert.ok(made(plan(alone, one)).replicas.value >= least)
      }
    }),
  )
})

test('the planned load fits: no replica gets more than keeps the bound, and each tier keeps its headroom', () => {
  fc.assert(
    fc.property(anyRequest, (wanted) => {
      const base = { ...request, ...wanted }
      const planned = made(plan(evidence(), base))
      const free = 1 - base.headroom + 1e-6
      assert.ok(planned.busy.proxy <= free)
      assert.ok((planned.busy.redis ?? 0) <= free)
      const each = base.rps / planned.replicas.value / base.replicaCores
      assert.ok(each <= Math.min(9_000, 10_000 * free) * (1 + 1e-6), `${each}`)
      if (each >= 2_000) assert.ok(ms(planned.p99Ms) <= base.p99Ms + 1e-6)
    }),
  )
})

test('with little headroom the bound is kept all the same, or waiting is named as what breaks it', () => {
  fc.assert(
    fc.property(requests(fc.double({ min: 0, max: AMPLE, noNaN: true })), (wanted) => {
      const planned = plan(evidence(), { ...request, ...wanted })
      if (planned.refused !== null) return assert.match(planned.refused, /waiting at Redis.*--headroom/)
      const each = wanted.rps / planned.replicas.value / wanted.replicaCores
      if (each >= 2_000) assert.ok(ms(planned.p99Ms) <= wanted.p99Ms * (1 + 1e-6))
    }),
  )
  // 50,000/s of 20 µs: one Redis that never rests.
  const full = plan(evidence(), { ...request, rps: 50_000 })
  assert.match(full.refused ?? '', /^time without end of waiting.*0 % kept free/)
})

test('prices add up, by the month', () => {
  const prices = { replica: 10, redis: 100, proxyCore: 1, egressGb: 0.01 }
  const planned = made(plan(evidence(), { ...request, prices }))
  const egress = (6e6 / 1e9) * ((365.25 * 86_400) / 12) * 0.01
  assert.ok(Math.abs((planned.costPerMonth?.value ?? 0) - (3 * 10 + 100 + 1 + egress)) < 1e-6)
})

test('where the cheaper scheme changes: no Redis to pay for against fewer replicas', () => {
  // Half the capacity and no Redis: cheaper until a second core of replicas costs what Redis does.
  const slow = evidence({
    scheme: 'jwt-es256',
    redis: null,
    ladder: ladderOf([step(1_000, 10_000), step(2_000, 20_000), step(4_000, 40_000), step(4_500, 400_000)]),
  })
  const found = crossing([evidence(), slow], request)
  assert.ok(found)
  assert.deepEqual([found.cheaperBelow, found.cheaperAbove], ['jwt-es256', 'session-redis'])
  const cores = (of: typeof slow, rps: number) => {
    const { replicas, redisPrimaries, proxyCores } = made(plan(of, { ...request, rps }))
    return replicas.value + redisPrimaries.value + proxyCores.value
  }
  assert.ok(cores(slow, found.rps) > cores(evidence(), found.rps))
  assert.equal(crossing([evidence(), { ...evidence({ redis: null }), scheme: 'jwt-hs256' }], request), null)
  // Of three the cheapest counts: one that is always dearer changes nothing.
  const dear = { ...evidence({ replica: flat(900) }), scheme: 'jwt-rs256' }
  assert.deepEqual(crossing([evidence(), slow, dear], request), found)
})
