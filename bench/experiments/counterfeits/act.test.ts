/** What lets counterfeits in is found out, and what does not is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SchemeName } from '../../../servers/scheme.ts'
import { trialResultSchema } from '../../record/schema/trial.ts'
import { runTrial } from '../../run/trial.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { traits } from '../../traits.ts'
import { conditionsOf, proofTrial } from '../../verify/trial-of-proof.ts'
import { counterfeits as experiment } from './plan.ts'

const fleet = fleetForTests('counterfeits')

async function seenAt(scheme: SchemeName) {
  const { rounds } = experiment.plan(await planOptions({ schemes: ['jwt-hs256'], profile: 'smoke' }))
  const arm = { ...(rounds[0]?.arms[0] ?? assert.fail('no arm')), scheme }
  const { signal } = new AbortController()
  const result = await runTrial({ ...proofTrial, arm }, traits[scheme], conditionsOf(fleet(), signal))
  trialResultSchema.parse(result)
  const examined = result.measurement?.examined ?? assert.fail(result.ok ? 'nothing was seen' : result.reason)
  assert.ok(examined.kind === 'counterfeits')
  return examined
}

test('a token and a session let none in; a scheme that believes any name does, and is found out', async () => {
  for (const scheme of ['jwt-hs256', 'session-redis'] as const) {
    const { tried, accepted, failed, unanswered } = await seenAt(scheme)
    assert.deepEqual([tried, accepted, failed, unanswered], [210, 0, 0, 0], scheme)
  }
  assert.ok((await seenAt('none')).accepted > 0)
})
