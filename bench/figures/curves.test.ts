/** Cost over load from turns whose truth is known: what is found, what is not told apart, and where two change places. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../servers/scheme.ts'
import type { Point } from '../record/types.ts'
import { mean } from '../stats/sums.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../testing/synthetic-turns.ts'
import { costCurves } from './curves.ts'
import { everydayOf } from './turns.ts'

/** CPU falls with the rate, as a replica that is busier is woken less often; the half of it at 1,000/s. */
const falling = (atRest: number, atSaturation: number, { perSec }: Point) =>
  perSec === null ? atSaturation : atSaturation + (atRest - atSaturation) / (1 + perSec / 1_000)

/** session-redis is dearer at rest and cheaper at saturation than jwt-es256: they change places at 1,000/s. */
const truth = (scheme: string, point: Point) => {
  if (scheme === 'session-redis') return falling(450, 150, point)
  if (scheme === 'jwt-es256') return 300
  if (scheme === 'jwt-hs256') return falling(165, 110, point)
  return falling(150, 100, point)
}

const SCHEMES = ['none', 'session-redis', 'jwt-hs256', 'jwt-es256']
const RATES = [100, 200, 500, 1_000, 2_000, 4_000]

function found(options: TurnsOptions & { blocks?: number } = {}, costUs = truth) {
  const { blocks = 4, ...asked } = options
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks, schemes: SCHEMES })
  return costCurves(run, withTurns(results, costUs, { ratesPerSec: RATES, ...asked }))
}

const pointOf = (curves: ReturnType<typeof found>, scheme: string, perSec: number | null, handlerUs = 0) => {
  const curve = curves.curves.find((one) => one.scheme === scheme && !one.twin)
  return curve?.points.find((point) => point.perSec === perSec && point.handlerUs === handlerUs)
}

test('nineteen of twenty intervals hold what a scheme adds, at each rate and at saturation', () => {
  let [held, all] = [0, 0]
  for (let seed = 1; seed <= 12; seed++) {
    const curves = found({ seed })
    for (const scheme of SCHEMES.slice(1))
      for (const perSec of [...RATES, null]) {
        const estimate = pointOf(curves, scheme, perSec)?.taxUs?.estimate
        if (!estimate) continue
        // The mean of 1 ÷ speed, of a speed whose logarithm is normal.
        const slower = Math.exp(0.22 ** 2 / 2)
        const added =
          slower * (truth(scheme, { perSec, handlerUs: 0 }) - truth('none', { perSec, handlerUs: 0 }))
        all++
        if (estimate.lo <= added && added <= estimate.hi) held++
      }
  }
  assert.ok(all > 200, String(all))
  assert.ok(held / all > 0.9, `${held} of ${all}`)
})

test('a tenth more is found, and two equal controls are not told apart', () => {
  const equal = (_: string, point: Point) => falling(150, 100, point)
  let wrong = 0
  for (let seed = 1; seed <= 10; seed++)
    for (const { points, twin } of found({ seed, blocks: 8 }, equal).curves)
      if (!twin && points.some(({ taxUs }) => taxUs?.detected)) wrong++
  assert.ok(wrong <= 1, `${wrong} of 30 equal schemes were told from the control`)
  const tenth = (scheme: string, point: Point) => equal(scheme, point) * (scheme === 'jwt-hs256' ? 1.1 : 1)
  const curves = found({ blocks: 8, passes: 16, habit: 0.01 }, tenth)
  const times = RATES.map((perSec) => pointOf(curves, 'jwt-hs256', perSec)?.timesControl ?? assert.fail())
  assert.ok(
    times.every(({ lo }) => lo > 1),
    JSON.stringify(times),
  )
  const middle = mean(times.map(({ value }) => value))
  assert.ok(Math.abs(middle - 1.1) < 0.03, String(middle))
})

test('a swap is found within its interval, and none where there is none', () => {
  const { swaps } = found({ blocks: 8, passes: 8 })
  const bare = swaps.filter(({ handlerUs }) => handlerUs === 0)
  assert.deepEqual(
    bare.map(({ below, above }) => [below, above]),
    [['jwt-es256', 'session-redis']],
  )
  const { value, lo, hi } = bare[0]?.perSec ?? assert.fail()
  assert.ok(lo <= 1_000 && 1_000 <= hi, `${lo} to ${hi}`)
  assert.ok(Math.abs(Math.log(value / 1_000)) < Math.log(1.3), String(value))
  const parallel = (scheme: string, point: Point) => truth('none', point) + SCHEMES.indexOf(scheme) * 40
  assert.deepEqual(found({ blocks: 8, passes: 8 }, parallel).swaps, [])
})

const EQUAL = 150
const ALL = schemeNames.slice(0, 17)

/** Seventeen schemes at five rates without handler work. */
function swapsAmongAll(costUs: typeof truth, options: TurnsOptions & { blocks: number }) {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: options.blocks, schemes: ALL })
  const asked = { ratesPerSec: [200, 500, 1_000, 2_000, 4_000], handlerUs: [0], ...options }
  return costCurves(run, withTurns(results, costUs, asked)).swaps
}

test('among 120 pairs of equal schemes no two change places, in five of five runs', () => {
  const equal = (scheme: string) => (scheme === 'none' ? 75 : EQUAL)
  for (let seed = 1; seed <= 5; seed++)
    assert.deepEqual(swapsAmongAll(equal, { blocks: 3, passes: 2, seed }), [], String(seed))
})

test('one that changes places with all others is found among so many, and nothing besides', () => {
  const one = (scheme: string, point: Point) =>
    scheme === 'none' ? 40 : scheme === 'session-redis' ? falling(400, 50, point) : EQUAL
  const swaps = swapsAmongAll(one, { blocks: 6, passes: 4, hostSd: 0.1 })
  assert.deepEqual([...new Set(swaps.map(({ above }) => above))], ['session-redis'])
  assert.ok(swaps.length >= 12, `${swaps.length} of 15`)
  // 50 + 350 ÷ (1 + X ÷ 1,000) is 150 at 2,500/s.
  for (const { perSec } of swaps) assert.ok(perSec.lo <= 2_500 && 2_500 <= perSec.hi, JSON.stringify(perSec))
})

test('points at which a replica is too busy are left out; headlines are taken at the last that all have', () => {
  const curves = found()
  // 500 µs of handler work and 300 of the rest fill 0.7 of a core at 1,000/s.
  assert.equal(pointOf(curves, 'session-redis', 1_000, 500), undefined)
  assert.ok(pointOf(curves, 'session-redis', 500, 500))
  assert.deepEqual(curves.everyday, { perSec: 500, handlerUs: 500 })
})

test('half busy is where rate times CPU is half a second, or beyond the highest rate', () => {
  const curves = found({ hostSd: 0, habit: 0 })
  const half = curves.curves.find(({ scheme }) => scheme === 'jwt-es256')?.halfBusyPerSec
  assert.ok(half && !half.isAtLeast && Math.abs(half.value / (0.5e6 / 300) - 1) < 0.05, JSON.stringify(half))
  const control = curves.curves.find(({ scheme }) => scheme === 'none')?.halfBusyPerSec
  assert.deepEqual(control, { value: 4_000, lo: 4_000, hi: 4_000, isAtLeast: true })
})

test('side by side two controls differ by less than the host does', () => {
  const { noise } = found({ blocks: 8 })
  assert.ok(noise)
  assert.ok(noise.hostSd > 0.15 && noise.hostSd < 0.3, String(noise.hostSd))
  assert.ok(noise.pairedSd < noise.hostSd, `${noise.pairedSd}`)
  assert.ok(noise.pacedSd !== null && noise.pacedSd < noise.pairedSd, `${noise.pacedSd}`)
})

test('the headline stays where most turns are, also where all arms were seen at a higher rate', () => {
  const points = (turns: readonly [number, number][]) =>
    turns.map(([perSec, count]) => ({ perSec, handlerUs: 300, turns: count }))
  const control = points([
    [100, 36],
    [500, 61],
    [1_000, 38],
  ])
  const two = points([
    [100, 16],
    [500, 40],
    [1_000, 17],
  ])
  const other = points([
    [100, 4],
    [500, 4],
    [1_000, 4],
  ])
  assert.deepEqual(everydayOf([control, two, two, other]), { perSec: 500, handlerUs: 300 })
  // With as many everywhere the highest that all have.
  assert.deepEqual(everydayOf([other, other]), { perSec: 1_000, handlerUs: 300 })
  assert.deepEqual(everydayOf([other, other.slice(0, 2)]), { perSec: 500, handlerUs: 300 })
  assert.equal(everydayOf([other, []]), null)
})

test('the report knows of how many sets of processes the control had', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 2 })
  const made = withTurns(results, truth, { ratesPerSec: RATES })
  assert.equal(costCurves(run, made).controlSets, 1)
  const several = made.map((result) =>
    result.ok && result.turns && result.trial.arm.scheme === 'none'
      ? { ...result, turns: { ...result.turns, set: result.turns.order.map((_, i) => i % 3) } }
      : result,
  )
  assert.equal(costCurves(run, several).controlSets, 3)
})

test('a run without turns has no curves; two turns of a point are too few', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  assert.deepEqual(costCurves(run, results), {
    curves: [],
    follows: null,
    everyday: null,
    pairs: [],
    equal: [],
    swaps: [],
    controlSets: 1,
    noise: null,
  })
  assert.deepEqual(found({ blocks: 1, passes: 1 }).curves[0]?.points, [])
})

test('arms that were not up together are compared within their block, and no better than the machine held still', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 6, schemes: SCHEMES })
  const made = withTurns(results, truth, { ratesPerSec: RATES, hostSd: 0.05 })
  const apart = made.map((result, i) => ({ ...result, startedAt: new Date(60_000 * i).toISOString() }))
  const tax = (own: typeof made) => pointOf(costCurves(run, own), 'jwt-es256', 500)?.taxUs?.estimate
  const [together, far] = [tax(made) ?? assert.fail(), tax(apart) ?? assert.fail()]
  assert.equal(far.n, together.n)
  assert.ok(Math.abs(far.value - together.value) < 20, `${far.value} and ${together.value}`)
})
