/** Charts that no run has by itself: a plan over all loads, runs side by side, bytes on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acrossChart, type Series } from '../compare/across-chart.ts'
import { wireChart } from '../experiments/cost/wire-chart.ts'
import { planChart } from '../plan/chart.ts'
import { crossing } from '../plan/crossing.ts'
import { asked, evidence } from '../testing/evidence.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { toSvg } from '../words/charts/svg.ts'
import { summarize } from './summarize.ts'

const request = asked({ users: 100_000, p99Ms: 50, headroom: 0.3 })
const session = evidence()
const token = { ...evidence({ redis: null }), scheme: 'jwt-hs256' }

test('a plan’s chart says what each takes, and where neither is cheaper all along from where on it turns', () => {
  const drawn = planChart([session, token], request, crossing([session, token], request), 'from a run')
  assert.ok(drawn)
  assert.match(drawn.title, /^jwt-hs256 takes \d+ cores, session-redis \d+$/)
  const svg = toSvg(drawn)
  assert.ok(svg.includes('from a run') && svg.includes('requests per second of all users together'))
  const turning = { rps: 12_345, cheaperBelow: 'session-redis', cheaperAbove: 'jwt-hs256' }
  const crossed = planChart([session, token], request, turning, 'x')
  assert.equal(crossed?.title, 'session-redis takes fewer cores below 12,300 requests/s, jwt-hs256 above')
  const prices = { replica: 1, redis: 1, proxyCore: 1, egressGb: 0 }
  assert.match(planChart([session, token], { ...request, prices }, turning, 'x')?.title ?? '', /costs less/)
})

test('a bound that nobody keeps has no chart', () => {
  assert.equal(planChart([session], { ...request, p99Ms: 1 }, null, 'x'), null)
})

const series = (name: string, ...values: number[]): Series => ({
  name,
  points: values.map((value, i) => ({
    scheme: ['jwt-hs256', 'session-redis'][i] ?? '',
    value,
    lo: 0.9 * value,
    hi: 1.1 * value,
    n: 5,
  })),
})

test('runs side by side, newest first: the finding is how far they lie apart at most; a lower bound says so and takes no part', () => {
  const drawn = acrossChart([series('one', 10, 100), series('two', 20, 110)], {
    what: 'Auth tax',
    unit: 'CPU µs/request',
  })
  assert.ok(drawn)
  assert.equal(drawn.title, 'Auth tax in 2 runs: up to 2.00 times apart (jwt-hs256)')
  const svg = toSvg(drawn)
  for (const text of ['jwt-hs256', 'Auth tax, CPU µs/request', '100 (90.0 to 110); 100 to 110'])
    assert.ok(svg.includes(text), text)
  const marks = JSON.stringify(drawn.option)
  for (const name of ['one', 'two']) assert.ok(marks.includes(`jwt-hs256 · ${name}: `), name)
  const bound = {
    name: 'bound',
    points: [{ scheme: 'jwt-hs256', value: 90, lo: 80, hi: 95, n: 5, isAtLeast: true as const }],
  }
  const capped = acrossChart([bound, series('one', 10), series('two', 20)], { what: 'X', unit: 'y' })
  assert.equal(capped?.title, 'X in 3 runs: up to 2.00 times apart (jwt-hs256)')
  assert.ok(toSvg(capped ?? assert.fail()).includes('≥ 90.0 (80.0 to 95.0)'))
  const nothing = { name: 'three', points: [{ scheme: 'jwt-hs256', value: 1, lo: -4, hi: 6, n: 5 }] }
  const withNothing = acrossChart([series('one', 10), series('two', 20), nothing], {
    what: 'X',
    unit: 'y',
  })
  assert.equal(withNothing?.title, 'X in 3 runs: up to 2.00 times apart (jwt-hs256)')
  const alone = acrossChart([series('one', 10)], { what: 'X', unit: 'y' })
  assert.equal(alone?.title, 'X: one run so far')
  assert.equal(acrossChart([series('none')], { what: 'X', unit: 'y' }), null)
})

test('bytes on the wire: the finding is what a credential adds, beyond the control', () => {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    change: (result) =>
      result.ok && result.trial.arm.scheme === 'jwt-rs256'
        ? {
            ...result,
            measurement: { ...result.measurement, bytesPerRequest: { sent: 1_000, received: 500 } },
          }
        : result,
  })
  const drawn = wireChart(run, summarize(run, results))
  assert.match(drawn?.title ?? '', /^A credential adds .*[\d,]+ bytes \(jwt-rs256\) to a request$/)
  assert.equal(wireChart(run, { ...summarize(run, results), arms: [] }), null)
})
