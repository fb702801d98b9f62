/** The claim about short lifetimes: a curve from the CPU of one refresh, or nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refreshParts } from '../experiments/revocation/refresh.ts'
import { refreshChart } from '../experiments/revocation/refresh-chart.ts'
import { summarize } from '../report/summarize.ts'
import { REFRESH_US, syntheticRevocation } from '../testing/revocation.ts'
import { toSvg } from '../words/charts/svg.ts'

async function judged(options: Parameters<typeof syntheticRevocation>[0] = {}) {
  const { run, results } = await syntheticRevocation(options)
  const summary = summarize(run, results)
  const found = summary.claims.find(({ id }) => id === 'short-expiry')
  return { ...(found ?? assert.fail('no claim')), plan: run.plan, run, summary }
}

test('depends: each lifetime has the refreshes of an hour and their CPU', async () => {
  const { verdict, sentence, boundary, estimates, evidence, plan, summary } = await judged()
  assert.equal(verdict, 'depends')
  const perRefreshMs = REFRESH_US / 1e3
  assert.deepEqual(
    summary.refresh[0]?.curve.map(({ requestsPerHour, cpuMsPerHour }) => [
      requestsPerHour,
      cpuMsPerHour.value,
    ]),
    [60, 12, 4, 1].map((requests) => [requests, requests * perRefreshMs]),
  )
  assert.match(
    sentence,
    /^renewing the tokens of `jwt-refresh` costs a user-hour 60\.0 requests and 30\.0 \(30\.0 to 30\.0\) ms of CPU at 1 min, .* 1\.00 requests and 0\.50/,
  )
  assert.match(
    boundary ?? '',
    /^how long a revoked token may be accepted: for 1 min instead of 60, .* costs 30\.0 instead of 0\.50/,
  )
  assert.equal(estimates.length, 5)
  assert.deepEqual(
    evidence,
    plan.filter(({ arm }) => arm.variant === 'refreshing').map(({ id }) => id),
  )
  assert.match(
    refreshParts(summary, (name) => name).join('\n'),
    /\| 5 min \| 5 min \+ 1 s \| 12\.0 \| 6\.00 \(6\.00 to 6\.00\) \|/,
  )
})

test('the chart shows the curve, and is not drawn without one', async () => {
  const { run, summary } = await judged()
  assert.match(
    toSvg(refreshChart(run, summary) ?? assert.fail('no chart')),
    /<title>Access tokens of 1 minute cost a user-hour 30\.0 ms of CPU, of 60 minutes 0\.50\d? \(jwt-refresh\)</,
  )
  assert.equal(refreshChart(run, { ...summary, refresh: [] }), null)
})

test('undecided without refreshes, and in a smoke run', async () => {
  assert.equal((await judged({ plan: { schemes: ['jwt-hs256'], schemesNamed: true } })).verdict, 'undecided')
  assert.equal((await judged({ profile: 'smoke' })).verdict, 'undecided')
})
