/** What to choose: figures by hand, no winner that was not told, and the same answer whichever way one asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { basisWith, CONTROL_US } from '../testing/basis.ts'
import { type Decision, decide } from './decision.ts'
import type { ServiceLoad } from './load.ts'

const THE_TWO = ['session-redis', 'jwt-hs256'] as const
const load = (change: Partial<ServiceLoad> = {}): ServiceLoad => ({
  ...{ perSec: 1_000, schemes: THE_TWO, handlerUs: 0, redisRttMs: 0 },
  ...change,
})
const made = (found: ReturnType<typeof decide>): Decision => {
  assert.ok(!('missing' in found))
  return found
}
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, not ${expected}`)

const TWICE = { 'session-redis': 240, 'jwt-hs256': 120 }

test('cores are requests times µs, and shares are of all that the service takes', () => {
  const { sides, byCores, cheaper, outcome, byShare } = made(decide(basisWith({ taxUs: TWICE }), load()))
  near(sides[0].cores.value, 0.24)
  near(sides[1].cores.value, 0.12)
  near(byCores.value, 0.12)
  near(byCores.lo, 0.11)
  near(sides[0].share, 240 / (CONTROL_US + 240))
  near(byShare, 120 / (CONTROL_US + 240))
  assert.deepEqual([cheaper, outcome], [1, 'little'])
})

test('CPU decides from a whole core and a twentieth of the service on, and says from which load that is', () => {
  const basis = basisWith({ taxUs: TWICE })
  const outcomes = [8_000, 9_000].map((perSec) => made(decide(basis, load({ perSec }))).outcome)
  assert.deepEqual(outcomes, ['little', 'decides'])
  const { decidesFrom } = made(decide(basis, load()))
  near(decidesFrom?.value ?? 0, 1e6 / 120)
  near(decidesFrom?.lo ?? 0, 1e6 / 130)
  near(decidesFrom?.hi ?? 0, 1e6 / 110)
  // Of 3,000 µs 120 are never a twentieth, however many cores that is.
  const much = made(decide(basis, load({ handlerUs: 3_000, perSec: 100_000 })))
  assert.deepEqual([much.outcome, much.cheaper, much.decidesFrom], ['little', 1, null])
})

test('handler work makes auth a smaller share, also more of it than was measured', () => {
  const basis = basisWith({ taxUs: TWICE })
  const { sides } = made(decide(basis, load({ handlerUs: 300 })))
  near(sides[0].share, 240 / (CONTROL_US + 300 + 240))
  const much = made(decide(basis, load({ handlerUs: 10_000 })))
  near(much.sides[0].share, 240 / (CONTROL_US + 10_000 + 240))
  assert.deepEqual([much.outcome, much.cheaper], ['little', 1])
})

test('a difference that was not told names no one, however large it looks', () => {
  const large = load({ perSec: 10_000 })
  const { cheaper, outcome, decidesFrom } = made(decide(basisWith({ taxUs: TWICE, reachUs: 130 }), large))
  assert.deepEqual([cheaper, outcome, decidesFrom], [null, 'not-told', null])
  const alike = decide(basisWith({ taxUs: { 'session-redis': 120, 'jwt-hs256': 121 }, reachUs: 2 }), load())
  assert.deepEqual([made(alike).cheaper, made(alike).outcome], [null, 'little'])
})

test('of few runs each has to tell the two apart by itself; of six from three occasions their interval does', () => {
  const few = made(decide(basisWith({ taxUs: TWICE, runs: [1, 1.1], reachUs: 100 }), load()))
  assert.deepEqual([few.cheaper, few.toldIn, few.byUs.ends], [1, 2, 'range'])
  const split = made(decide(basisWith({ taxUs: TWICE, runs: [1, 0.5], reachUs: 100 }), load()))
  assert.deepEqual([split.cheaper, split.toldIn], [null, 1])
  const six = made(
    decide(basisWith({ taxUs: TWICE, runs: [1, 1.1, 0.9, 1, 1.05, 0.95], reachUs: 140 }), load()),
  )
  assert.deepEqual([six.byUs.ends, six.byUs.occasions, six.toldIn, six.cheaper], ['interval', 6, 0, 1])
  const vague = made(
    decide(basisWith({ taxUs: TWICE, runs: [1, 1.1, 0.9, 1, 1.05, 0.95], reachUs: 400 }), load()),
  )
  assert.deepEqual([vague.byUs.ends, vague.cheaper], ['interval', null])
})

test('more requests than keep one replica half busy go to more of them, each as dear as there', () => {
  const falling = { 'session-redis': (perSec: number) => (perSec === 100 ? 400 : 200), 'jwt-hs256': 100 }
  const basis = basisWith({ taxUs: falling })
  // With 900 µs of handlers beside 100 of its own a replica is half busy at 500/s.
  const one = made(decide(basis, load({ handlerUs: 900, perSec: 500 })))
  const many = made(decide(basis, load({ handlerUs: 900, perSec: 50_000 })))
  near(one.place.perSec, 500)
  near(many.place.perSec, 500)
  near(many.sides[0].cores.value / one.sides[0].cores.value, 100)
  near(made(decide(basis, load({ handlerUs: 900, perSec: 1 }))).sides[0].taxUs.value, 400)
})

test('two that change places are each named on their own side of the swap', () => {
  const crossing = {
    'session-redis': (perSec: number) => (perSec === 100 ? 300 : 100),
    'jwt-hs256': 200,
  }
  const basis = basisWith({ taxUs: crossing })
  const [low, high] = [100, 1_000].map((perSec) => made(decide(basis, load({ perSec }))))
  assert.deepEqual([low?.cheaper, high?.cheaper], [1, 0])
  const { swap } = low ?? assert.fail()
  near(swap?.perSec.value ?? 0, 100 * Math.sqrt(10))
  assert.equal(swap?.below, 1)
})

test('asked the other way round it says the same', () => {
  const taxes = fc.record({
    a: fc.double({ min: 1, max: 500, noNaN: true }),
    b: fc.double({ min: 1, max: 500, noNaN: true }),
  })
  fc.assert(
    fc.property(taxes, fc.double({ min: 1, max: 1e6, noNaN: true }), ({ a, b }, perSec) => {
      const basis = basisWith({ taxUs: { 'session-redis': a, 'jwt-hs256': b } })
      const [one, other] = [THE_TWO, THE_TWO.toReversed() as [string, string]].map((schemes) =>
        made(decide(basis, load({ schemes, perSec }))),
      )
      const named = (of: Decision | undefined) => of && of.cheaper !== null && of.sides[of.cheaper].scheme
      assert.equal(named(one), named(other))
      assert.equal(one?.outcome, other?.outcome)
      near(one?.byCores.value ?? 0, -(other?.byCores.value ?? 0))
    }),
  )
})

test('it says whether the place was measured, or is read between places that were', () => {
  const isHere = (change: Partial<ServiceLoad>) =>
    made(decide(basisWith({ taxUs: TWICE }), load(change))).measured.isHere
  assert.deepEqual(
    [{ handlerUs: 300 }, { handlerUs: 200 }, { perSec: 500 }, { perSec: 1_000_000 }].map(isHere),
    [true, false, false, true],
  )
})

test('a scheme that no run has is named', () => {
  assert.deepEqual(decide(basisWith({ taxUs: TWICE }), load({ schemes: ['session-redis', 'jwe'] })), {
    missing: ['jwe'],
  })
})

test('a run that was narrowed to other schemes says nothing of these, although it has pairs of them', () => {
  const [run] = basisWith({ taxUs: TWICE }).runs
  assert.ok(run)
  const narrowed = { ...run, overLoad: run.overLoad.filter(({ scheme }) => scheme !== 'jwt-hs256') }
  const basis = { ...basisWith({ taxUs: TWICE }), runs: [narrowed] }
  assert.deepEqual(decide(basis, load()), { missing: ['jwt-hs256'] })
})
