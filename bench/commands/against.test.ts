/** Two commits in one run: what was put in is found, and what could not be judged does not pass. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Upgrade } from '../experiments/experiment.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticUpgrades } from '../testing/synthetic-upgrades.ts'
import { againstOf } from './against.ts'

const BASE = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'
const TWO: Upgrade[] = [
  { scheme: 'session-redis', settings: { commit: BASE } },
  { scheme: 'session-redis', settings: {} },
]

async function upgradesOf(...of: [Readonly<Record<string, number>>, { trials: number; passes: number }?]) {
  const { run, results } = await syntheticUpgrades(TWO, ...of)
  return summarize(run, results).upgrades
}

test('a checkout that takes more than the commit is a failure, and one that takes less or as much is none', async () => {
  // The commit takes less, so that what lies here takes a third more.
  const { failure, markdown } = againstOf(await upgradesOf({ 'commit=0a1b2c3': 0.75 }), 0.05)
  assert.match(failure ?? '', /^More than 5 % more CPU a request: `session-redis` at \S+\/s \(\+\d/)
  assert.match(markdown, /^## Is this checkout slower\?\n\n\*\*More than 5 % more/)
  assert.match(markdown, /this checkout against 0a1b2c3 in `session-redis`: CPU a request \+.*: slower/)
  for (const times of [1, 1.4]) {
    const other = againstOf(await upgradesOf({ 'commit=0a1b2c3': times }), 0.05)
    assert.equal(other.failure, null)
    assert.match(other.markdown, /\*\*No slowdown of more than 5 % was detected\.\*\*/)
  }
})

test('a slowdown of less than what is allowed is none', async () => {
  assert.equal(againstOf(await upgradesOf({ 'commit=0a1b2c3': 0.75 }), 0.5).failure, null)
})

test('what could not be told does not pass', async () => {
  const few = await upgradesOf({}, { trials: 1, passes: 1 })
  assert.match(againstOf(few, 0.05).failure ?? '', /^Nothing could be told: .*too few turns/)
})
