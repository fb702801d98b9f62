/** The ladder: how it climbs, where it searches, and what it says when there is no number to say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Arm, Measurement } from '../../record/types.ts'
import { seededDraw } from '../../stats/seeded.ts'
import { mean } from '../../stats/sums.ts'
import { capacityOf } from './capacity.ts'
import { keepsSlo, type Look, nextRung, rungSec, WITHIN_STEPS } from './ladder.ts'

type OpenLoad = Extract<Arm['load'], { loop: 'open' }>

const found: OpenLoad = {
  loop: 'open',
  connections: 128,
  spacing: 'poisson',
  ratesPerSec: null,
  firstPerSec: 1_000,
  searchRungs: 4,
  settleSec: 0.2,
}
const named = (...ratesPerSec: number[]): OpenLoad => ({ ...found, ratesPerSec })

/** Climbs against a service that answers `verdict` at each rate, the nth time it is asked at all. */
function climbed(
  load: OpenLoad,
  verdict: (rate: number, nth: number) => Look['verdict'],
  saturationPerSec: number | null = null,
): Look[] {
  const looks: Look[] = []
  const next = () => nextRung(load, looks, saturationPerSec)
  for (let step = next(); step; step = next()) {
    looks.push({ ...step, verdict: verdict(step.arrivalsPerSec, looks.length) })
    assert.ok(looks.length < 100, 'a ladder has an end')
  }
  return looks
}

const upTo = (capacity: number) => (rate: number) => (rate <= capacity ? 'kept' : 'broken') as Look['verdict']

const ratesOf = (looks: readonly Look[], purpose: Look['purpose']) =>
  looks.filter((one) => one.purpose === purpose).map(({ arrivalsPerSec }) => arrivalsPerSec)

/** One step of the search, up or down. */
const STEP = 2 ** (1 / 8)

test('doubles up to the break, then goes half way to the nearest rate that said otherwise', () => {
  const looks = climbed(found, upTo(6_000))
  assert.deepEqual(ratesOf(looks, 'ladder'), [1_000, 2_000, 4_000, 8_000])
  assert.deepEqual(ratesOf(looks, 'search'), [5_660, 6_730, 6_170, 5_660, 6_170])
  const { perSec, note } = capacityOf(looks)
  assert.equal(note, 'found')
  assert.ok(perSec !== null && perSec > 5_660 && perSec < 6_170)
})

test('where looks agree the capacity is within a part of a step of any that there is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 500_000 }), (capacity) => {
      const { perSec, note } = capacityOf(climbed(found, upTo(capacity)))
      assert.equal(note, 'found')
      // Rates and the capacity have three digits.
      const off = Math.abs(Math.log((perSec ?? 0) / capacity)) - 0.01
      assert.ok(off <= WITHIN_STEPS * Math.log(STEP), `${perSec}`)
    }),
  )
})

test('where chance decides near the boundary, capacities lie around it and to neither side', () => {
  const capacity = 5_000
  const draw = seededDraw(3)
  const logs = Array.from({ length: 300 }, () => {
    const looks = climbed(found, (rate) =>
      draw(1_000_000) / 1e6 < 1 / (1 + Math.exp(Math.log(rate / capacity) / 0.1)) ? 'kept' : 'broken',
    )
    return Math.log((capacityOf(looks).perSec ?? Number.NaN) / capacity)
  })
  const sd = Math.sqrt(mean(logs.map((log) => log ** 2)))
  assert.ok(Math.abs(mean(logs)) < 0.02, `${mean(logs)}`)
  assert.ok(sd < 0.12, `${sd}`)
})

test('a ladder does not step far beyond what the closed loop reached, and still finds what lies above it', () => {
  const highest = (looks: Look[]) => Math.max(...looks.map(({ arrivalsPerSec }) => arrivalsPerSec))
  const found9000 = climbed(found, upTo(8_500), 9_000)
  assert.equal(highest(found9000), 11_300)
  assert.equal(highest(climbed(found, upTo(8_500))), 16_000)
  // Measured in a slow moment: the ladder goes on in small steps as long as rates are kept.
  const underestimated = climbed(found, upTo(12_000), 5_000)
  assert.equal(highest(underestimated), 13_500)
  for (const looks of [found9000, underestimated]) assert.equal(capacityOf(looks).note, 'found')
})

test('blocks with other closed loops meet on the same rates', () => {
  const ladder = (saturationPerSec: number) =>
    climbed(found, upTo(8_500), saturationPerSec).flatMap((one) =>
      one.purpose === 'ladder' ? [one.arrivalsPerSec] : [],
    )
  assert.deepEqual(ladder(8_700), ladder(9_300))
})

test('most rungs lie within a factor of two of the boundary', () => {
  const looks = climbed(found, upTo(6_000)).filter(({ arrivalsPerSec }) => arrivalsPerSec >= 3_000)
  assert.ok(looks.length >= 6)
})

test('one spoiled look, a bad second or a lucky one, moves the capacity by two steps at most', () => {
  for (const nth of [1, 2, 3, 4, 5]) {
    const spoiled = climbed(found, (rate, at) => {
      const verdict = upTo(6_000)(rate)
      return at !== nth ? verdict : verdict === 'kept' ? 'broken' : 'kept'
    })
    const { perSec, note } = capacityOf(spoiled)
    assert.equal(note, 'found')
    const steps = Math.abs(Math.log((perSec ?? 0) / 6_000) / Math.log(STEP))
    assert.ok(steps < 2, `look ${nth}: ${perSec}`)
  }
})

test('a first rate that is too much is halved until one keeps the SLO', () => {
  const looks = climbed(found, upTo(300))
  assert.deepEqual(ratesOf(looks, 'ladder'), [1_000, 500, 250])
  const { perSec, note } = capacityOf(looks)
  assert.equal(note, 'found')
  assert.ok(perSec !== null && perSec > 300 / STEP && perSec < 300 * STEP)
})

test('an SLO that no rate keeps has no capacity', () => {
  const looks = climbed(found, () => 'broken')
  assert.ok(looks.length < 20)
  assert.deepEqual(capacityOf(looks), { perSec: null, note: 'slo-never-met' })
})

test('a service that nothing breaks has a capacity of at least the last rung', () => {
  assert.equal(capacityOf(climbed(found, () => 'kept')).note, 'never-broken')
  assert.deepEqual(capacityOf(climbed(named(100, 200), () => 'kept')), { perSec: 200, note: 'never-broken' })
})

test('a rate that the load cannot bring is tried again, then bounds what can be said', () => {
  const looks = climbed(found, (rate) => (rate > 5_000 ? 'rejected' : 'kept'))
  assert.equal(looks.filter(({ arrivalsPerSec }) => arrivalsPerSec === 8_000).length, 2)
  const { perSec, note } = capacityOf(looks)
  assert.equal(note, 'load-limited')
  assert.ok(perSec !== null && perSec > 4_000 && perSec <= 5_000)
  assert.ok(looks.length < 20)
})

test('a rung that was rejected once is taken again', () => {
  const looks = climbed(found, (rate, nth) => (nth === 2 ? 'rejected' : upTo(6_000)(rate)))
  assert.deepEqual(ratesOf(looks, 'ladder'), [1_000, 2_000, 4_000, 4_000, 8_000])
  assert.deepEqual(capacityOf(looks), capacityOf(climbed(found, upTo(6_000))))
})

test('named rates are taken in turn, all of them', () => {
  const looks = climbed(named(500, 1_000, 9_000), upTo(700))
  assert.deepEqual(
    looks.map(({ arrivalsPerSec }) => arrivalsPerSec),
    [500, 1_000, 9_000],
  )
  assert.deepEqual(capacityOf(looks), { perSec: 500, note: 'wide-gap' })
})

test('a capacity is found where the rates around it lie close; in a wide gap it is only at least the lower one', () => {
  const between = (kept: number, broken: number) => capacityOf(climbed(named(kept, broken), upTo(kept)))
  assert.deepEqual(between(1_000, 1_210), { perSec: 1_100, note: 'found' })
  assert.deepEqual(between(1_000, 200_000), { perSec: 1_000, note: 'wide-gap' })
})

test('one rate is no capacity, whatever happened at it', () => {
  for (const verdict of ['kept', 'broken'] as const) {
    assert.deepEqual(capacityOf(climbed(named(500), () => verdict)), { perSec: null, note: 'one-rung' })
  }
  assert.deepEqual(capacityOf(climbed(named(500), () => 'rejected')), { perSec: null, note: 'not-measured' })
  assert.deepEqual(capacityOf([]), { perSec: null, note: 'not-measured' })
})

test('a slow rung lasts until ten arrivals can lie beyond its p99, a fast one as long as it was told', () => {
  assert.deepEqual([rungSec(10_000, 1), rungSec(500, 1), rungSec(10, 1)], [1, 2, 10])
})

const slo = { quantile: 'p99' as const, limitMs: 50, maxErrorShare: 0.001 }

/** A window of 10,000 arrivals. */
function window({ p99Ms = 10, failed = 0, requests = 10_000 } = {}): Measurement {
  const account = { scheduled: 10_000, ok: 10_000 - failed, error: failed, timeout: 0, lost: 0, inFlight: 0 }
  const latencyUs = { mean: 1, p50: 1, p90: 1, p99: p99Ms * 1_000, p999: 1e9, max: 1e9 }
  return { requests, latencyUs, arrivals: { account } } as Measurement
}

test('an SLO is kept when latency, errors and pace all are', () => {
  assert.equal(keepsSlo(slo, window()), true)
  assert.equal(keepsSlo(slo, window({ p99Ms: 50 })), true)
  assert.equal(keepsSlo(slo, window({ p99Ms: 50.1 })), false)
  assert.equal(keepsSlo(slo, window({ failed: 10 })), true)
  assert.equal(keepsSlo(slo, window({ failed: 11 })), false)
  assert.equal(keepsSlo(slo, window({ requests: 9_700 })), false)
  assert.equal(keepsSlo({ ...slo, quantile: 'p999' }, window()), false)
})
