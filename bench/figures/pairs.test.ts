/** Two schemes as a ratio, from turns whose truth is known: how often an interval misses it, and where there is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Point } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../testing/synthetic-turns.ts'
import { comparedCurves } from './curves.ts'

const SCHEMES = ['none', 'session-redis', 'jwt-hs256', 'jwt-es256']
const RATES = [100, 500, 1_000]
/** A session adds twice what a token adds. */
const TAXES: Readonly<Record<string, number>> = { 'session-redis': 240, 'jwt-hs256': 120, 'jwt-es256': 180 }
const costUs = (scheme: string) => 150 + (TAXES[scheme] ?? 0)

function pairIn(options: TurnsOptions = {}, truth: (scheme: string, point: Point) => number = costUs) {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 4, schemes: SCHEMES })
  const asked = { ratesPerSec: RATES, handlerUs: [0], ...options }
  const { pairs, equal } = comparedCurves(run, withTurns(results, truth, asked), [
    ['session-redis', 'jwt-hs256'],
  ])
  return { pair: pairs[0] ?? assert.fail('no pair'), equal }
}

test('the true ratios lie inside their intervals, at all rates of a run together in 19 of 20', () => {
  const missed = { tax: 0, cpu: 0 }
  const runs = 60
  for (let seed = 1; seed <= runs; seed++) {
    const { pair } = pairIn({ seed })
    const open = pair.points.filter(({ perSec }) => perSec !== null)
    assert.equal(open.length, RATES.length)
    for (const [figure, truth] of [
      ['tax', 240 / 120],
      ['cpu', (150 + 240) / (150 + 120)],
    ] as const)
      if (open.some(({ times }) => !times?.[figure] || times[figure].lo > truth || times[figure].hi < truth))
        missed[figure]++
  }
  // Of 60 runs 3 are expected, and 7 or more of them in one of thirty tries.
  assert.ok(missed.tax <= 6 && missed.cpu <= 6, JSON.stringify(missed))
})

test('on an even host the ratio is what was put in, and its interval holds it tightly', () => {
  const { pair } = pairIn({ hostSd: 0.02, turnSd: 0.01, habit: 0.002 })
  for (const { times, perSec } of pair.points) {
    const { value, lo, hi } = times?.tax ?? assert.fail()
    assert.ok(lo <= value && value <= hi)
    assert.ok(Math.abs(value - 2) < 0.05 && hi - lo < 0.3, `${perSec}: ${value} (${lo} to ${hi})`)
  }
})

test('what the control takes is taken from both sides', () => {
  const { pair } = pairIn({ hostSd: 0.02, turnSd: 0.01, habit: 0 }, (scheme) =>
    scheme === 'none' ? 200 : costUs(scheme),
  )
  const { value } = pair.points[0]?.times?.tax ?? assert.fail()
  assert.ok(Math.abs(value - (390 - 200) / (270 - 200)) < 0.2, String(value))
})

test('where the other adds nothing that is told from zero there is no ratio of taxes, and still one of CPU', () => {
  const { pair } = pairIn({}, (scheme) => (scheme === 'jwt-hs256' ? 150 : costUs(scheme)))
  assert.ok(pair.points.every(({ times }) => times?.tax === null))
  assert.ok(pair.points.every(({ times }) => times?.cpu && times?.cpu.lo > 1))
})

test('two equal controls are told apart in one run of twenty, and always where they differ', () => {
  const told = (of: ReturnType<typeof pairIn>) => of.equal.some(({ p }) => p < 0.05)
  let wrong = 0
  for (let seed = 1; seed <= 40; seed++) if (told(pairIn({ seed }))) wrong++
  assert.ok(wrong <= 5, `${wrong} of 40`)
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 4, schemes: SCHEMES })
  const turns = withTurns(results, (scheme, _, twin) => costUs(scheme) * (twin ? 1.5 : 1), {
    ratesPerSec: RATES,
  })
  assert.ok(comparedCurves(run, turns).equal.every(({ p, byUs }) => p < 0.05 && byUs > 50))
})
