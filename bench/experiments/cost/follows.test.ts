/** What is said, and drawn, of what the tax follows: never more than was told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Follows } from '../../figures/curve-schema.ts'
import { summarize } from '../../report/summarize.ts'
import { followingBusy } from '../../testing/following.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { withTurns } from '../../testing/synthetic-turns.ts'
import { toSvg } from '../../words/charts/svg.ts'
import { curvesSection } from './curves-section.ts'
import { followsText } from './follows.ts'
import { followsChart } from './follows-chart.ts'

const found = (p: number, rateShare = 0.3, flatP = 0.01): Follows => ({
  ...{ schemes: 2, points: 9, flat: { missShare: 0.4, p: flatP }, noiseShare: 0.08 },
  candidates: [
    { by: 'busy', missShare: 0.1, p: null },
    { by: 'inFlight', missShare: 0.12, p: 0.01 },
    { by: 'rate', missShare: rateShare, p },
  ],
})
const verdict = (follows: Follows) => (followsText(follows) ?? '').split('. ')[0]

test('what was told is said, and which two were not told apart', () => {
  assert.equal(
    verdict(found(0.01)),
    'The tax follows the busy share of a replica or the requests in flight, which could not be told apart, and not the arrival rate',
  )
  assert.match(followsText(found(0.01)) ?? '', /the arrival rate by 30 %, one figure for all loads by 40 %/)
  assert.match(followsText({ ...found(0.01), noiseShare: 0.02 }) ?? '', /does not explain all of the tax/)
  assert.equal(followsText(null), null)
})

test('nothing is told by a p that noise reaches, by a small difference, or where load explains nothing', () => {
  const open = /^What the tax follows could not be told/
  assert.match(verdict(found(0.2)) ?? '', open)
  assert.match(verdict(found(0.01, 0.13)) ?? '', open)
  assert.match(verdict(found(0.01, 0.3, 0.3)) ?? '', /^It could not be told that the tax depends on the load/)
})

test('the section says it and the chart shows the two, each amount of handler work in its own marks', () => {
  const schemes = ['none', 'session-redis', 'jwt-hs256', 'jwt-es256']
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 4, schemes })
  const turns = { ratesPerSec: [50, 100, 200, 500, 1_000], passes: 4, hostSd: 0.05, habit: 0.01 }
  const summary = summarize(run, withTurns(results, followingBusy, turns))
  const text = curvesSection(summary, (file) => file)?.parts.join('\n') ?? ''
  assert.match(text, /The tax follows .*not the arrival rate\./)
  assert.match(text, /charts\/follows\.svg/)
  const drawn = followsChart(run, summary) ?? assert.fail('no chart')
  assert.match(drawn.title, /^What auth adds to a request follows .*, not the arrival rate$/)
  assert.match(drawn.subtitle, /hollow: without handler work · filled: with 500 µs of handler work/)
  const svg = toSvg(drawn)
  assert.ok(svg.includes('session-redis') && svg.includes('jwt-hs256') && !svg.includes('jwt-es256'))
  const plain = summarize(run, withTurns(results, followingBusy, { ...turns, handlerUs: [500] }))
  assert.equal(followsChart(run, plain), null)
})
