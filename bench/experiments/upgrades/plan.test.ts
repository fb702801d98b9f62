/** Which arms are laid out for the versions that were asked for, and what each is compared with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trialSchema } from '../../record/schema/trial.ts'
import { planOptions } from '../../testing/plan-options.ts'
import type { Upgrade } from '../experiment.ts'
import { planTrials } from '../index.ts'
import { upgrades } from './plan.ts'

const withRedis = (version: string): Upgrade => ({
  scheme: 'session-redis',
  settings: { packages: { 'connect-redis': version } },
})

async function armsOf(...asked: Upgrade[]) {
  const { trials } = planTrials([upgrades], await planOptions({ upgrades: asked, trials: 1 }), 1)
  for (const trial of trials) assert.deepEqual(trialSchema.parse(JSON.parse(JSON.stringify(trial))), trial)
  return Object.fromEntries(trials.map(({ arm }) => [arm.id, arm.comparedWith]))
}

test('two of a scheme are compared with each other, the first typed being the one compared with', async () => {
  assert.deepEqual(await armsOf(withRedis('8.0.0'), withRedis('8.1.0')), {
    'upgrades/none': null,
    'upgrades/none/twin': null,
    'upgrades/session-redis/connect-redis=8.0.0': null,
    'upgrades/session-redis/connect-redis=8.1.0': 'upgrades/session-redis/connect-redis=8.0.0',
  })
})

test('one alone is compared with its scheme as it is; each scheme has its own', async () => {
  const node: Upgrade = {
    scheme: 'jwt-hs256',
    settings: { node: '22', packages: { jose: '6.1.0', express: '5.1.0' } },
  }
  assert.deepEqual(await armsOf(withRedis('8.0.0'), node), {
    'upgrades/none': null,
    'upgrades/none/twin': null,
    'upgrades/session-redis': null,
    'upgrades/session-redis/connect-redis=8.0.0': 'upgrades/session-redis',
    'upgrades/jwt-hs256': null,
    'upgrades/jwt-hs256/express=5.1.0,jose=6.1.0,node=22': 'upgrades/jwt-hs256',
  })
})

test('the control with another version is compared with the control, which is there once', async () => {
  const expected = {
    'upgrades/none': null,
    'upgrades/none/twin': null,
    'upgrades/none/express=4.21.0': 'upgrades/none',
  }
  const other: Upgrade = { scheme: 'none', settings: { packages: { express: '4.21.0' } } }
  assert.deepEqual(await armsOf(other), expected)
  assert.deepEqual(await armsOf({ scheme: 'none', settings: {} }, other), expected)
})

test('servers have both the versions and the handler work', async () => {
  const { rounds } = upgrades.plan(await planOptions({ upgrades: [withRedis('8.0.0')], handlerUs: [300] }))
  const own = rounds[0]?.arms.find(({ variant }) => variant !== null)
  assert.deepEqual(own?.settings, { handlerUs: [300], packages: { 'connect-redis': '8.0.0' } })
})
