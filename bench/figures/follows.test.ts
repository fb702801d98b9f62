/** What the tax follows, from turns in which it follows the busy share, the rate, or nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { followingBusy, followingRate } from '../testing/following.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { type TurnsOptions, withTurns } from '../testing/synthetic-turns.ts'
import type { Follows } from './curve-schema.ts'
import { costCurves } from './curves.ts'
import { followedBy } from './follows.ts'

const SCHEMES = ['none', 'session-redis', 'session-memory', 'jwt-hs256', 'jwt-es256']
const TURNS: TurnsOptions = { ratesPerSec: [50, 100, 200, 500, 1_000, 2_000], passes: 4, hostSd: 0.1 }

function curvesOf(costUs = followingBusy, options: TurnsOptions = {}, blocks = 4) {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks, schemes: SCHEMES })
  return costCurves(run, withTurns(results, costUs, { ...TURNS, ...options }))
}

const follows = (...asked: Parameters<typeof curvesOf>): Follows =>
  curvesOf(...asked).follows ?? assert.fail('nothing is said')
const of = ({ candidates }: Follows, by: string) => candidates.find((one) => one.by === by) ?? assert.fail(by)
const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

test('a tax that falls with the busy share is predicted by it, nearly as well as noise allows, and told from the rate', () => {
  const told = seeds.filter((seed) => {
    const found = follows(followingBusy, { seed })
    assert.notEqual(found.candidates[0]?.by, 'rate', String(seed))
    assert.ok(of(found, 'busy').missShare < 2 * found.noiseShare, JSON.stringify(found))
    return (of(found, 'rate').p ?? 1) < 0.05 && (found.flat.p ?? 1) < 0.05
  })
  assert.ok(told.length >= 6, `${told.length} of ${seeds.length}`)
})

test('a tax that falls with the rate, whatever the handler does, is told from the busy share', () => {
  const told = seeds.filter((seed) => {
    const { candidates } = follows(followingRate, { seed })
    assert.equal(candidates[0]?.by, 'rate')
    return candidates.slice(1).every(({ p }) => p !== null && p < 0.05)
  })
  assert.ok(told.length >= 6, `${told.length} of ${seeds.length}`)
})

test('a tax that is the same at every load follows nothing', () => {
  const same = (scheme: string) => (scheme === 'none' ? 150 : 150 + 60 * SCHEMES.indexOf(scheme))
  const wrong = seeds.filter((seed) => {
    const { candidates, flat } = follows(same, { seed })
    return (flat.p ?? 1) < 0.05 && flat.missShare > (candidates[0]?.missShare ?? 0)
  })
  assert.ok(wrong.length <= 1, String(wrong))
})

test('the loads are those of the control: the busy share of a scheme has its tax in it', () => {
  const curves = curvesOf().curves
  const control = curves.find(({ scheme, twin }) => scheme === 'none' && !twin)
  const own = followedBy(curves).find(({ scheme }) => scheme === 'session-redis')?.points
  assert.ok(own && own.length > 6)
  for (const { perSec, handlerUs, busy } of own) {
    const same = control?.points.find((point) => point.perSec === perSec && point.handlerUs === handlerUs)
    assert.equal(busy, same?.busy)
  }
  assert.ok(followedBy(curves).every(({ scheme }) => scheme !== 'none'))
})

test('nothing is said with one amount of handler work, with two rates, or without a control', () => {
  assert.equal(curvesOf(followingBusy, { handlerUs: [500] }).follows, null)
  assert.equal(curvesOf(followingBusy, { ratesPerSec: [100, 500] }).follows, null)
  assert.ok(curvesOf(followingBusy, { ratesPerSec: [50, 100, 500] }).follows)
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 4, schemes: SCHEMES.slice(1) })
  assert.equal(costCurves(run, withTurns(results, followingBusy, TURNS)).follows, null)
})
