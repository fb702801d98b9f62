/** A trial that is examined in a browser: what was seen is in its record, beside an ordinary window. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trialResultSchema } from '../../record/schema/trial.ts'
import { runTrial } from '../../run/trial.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { traits } from '../../traits.ts'
import { conditionsOf, proofTrial } from '../../verify/trial-of-proof.ts'
import { browser } from './plan.ts'

const fleet = fleetForTests('examine-browser')

test('a session behind a proxy that adds a cookie of its own', async () => {
  const { rounds } = browser.plan(await planOptions({ schemes: ['session-memory'] }))
  const arm = rounds[0]?.arms[0] ?? assert.fail('no arm')
  const { signal } = new AbortController()
  const result = await runTrial(
    { ...proofTrial, arm },
    traits['session-memory'],
    conditionsOf(fleet(), signal),
  )
  trialResultSchema.parse(result)
  const examined = result.measurement?.examined ?? assert.fail(result.ok ? 'nothing was seen' : result.reason)
  assert.ok(examined.kind === 'browser')
  assert.match(examined.version, /^\d+\./)
  assert.deepEqual(examined.readable, [])
  assert.equal(examined.thefts.length, 2)
  const changes = examined.forgeries.filter(({ changed }) => changed)
  assert.ok(
    changes.some(({ sameSite, check, from }) => sameSite === 'None' && !check && from === 'cross-site'),
  )
  assert.ok(!changes.some(({ check }) => check))
  // The proxy's cookie goes along with a link where the credential does not.
  const link = examined.forgeries.find(
    (one) => one.sameSite === 'Strict' && one.request === 'link-get' && one.from === 'cross-site',
  )
  assert.deepEqual(link?.arrived, { attached: false, status: 401 })
  assert.ok((result.measurement?.requests ?? 0) > 0, 'the window was measured as well')
})
