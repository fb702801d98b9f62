/** What is planned to be looked at in a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemeNames } from '../../../servers/scheme.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { browser } from './plan.ts'

test('every scheme but the control, which has no credential, once', async () => {
  const { rounds, notes } = browser.plan(await planOptions({ profile: 'full' }))
  const [round] = rounds
  assert.deepEqual(
    round?.arms.map(({ scheme, examine }) => [scheme, examine?.kind]),
    schemeNames.slice(1).map((name) => [name, 'browser']),
  )
  assert.deepEqual([round?.blocks, notes], [1, []])
})

test('without a browser nothing is planned, and the run says why', async () => {
  const planned = browser.plan(await planOptions({ browserProblem: 'no chromium here; install it' }))
  assert.deepEqual(planned, { rounds: [], notes: ['browser: left out: no chromium here; install it'] })
})

test('the control alone has nothing to look at', async () => {
  assert.deepEqual(browser.plan(await planOptions({ schemes: ['none'] })).rounds, [])
})
