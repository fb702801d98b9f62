/** The plans of `payload` and `rtt`: every arm has something to be compared with, and only what can be set is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOptions as options } from '../testing/plan-options.ts'
import type { Experiment, PlanOptions } from './experiment.ts'
import { planTrials } from './index.ts'
import { payload } from './payload/plan.ts'
import { profiles } from './profiles.ts'
import { rtt } from './rtt/plan.ts'

const full = (overrides: Partial<PlanOptions> = {}) => options({ profile: 'full', trials: 1, ...overrides })

async function armsOf(experiment: Experiment, overrides: Partial<PlanOptions> = {}) {
  return planTrials([experiment], await full(overrides), 1).trials.map(({ arm }) => arm)
}

test('each arm names one of the same scheme and the same plan, but for the smallest and what has no size', async () => {
  for (const experiment of [payload, rtt]) {
    const arms = await armsOf(experiment)
    assert.equal(new Set(arms.map(({ id }) => id)).size, arms.length)
    const bases = new Set(arms.flatMap(({ comparedWith }) => comparedWith ?? []))
    for (const arm of arms) {
      const base = arms.find(({ id }) => id === arm.comparedWith)
      assert.equal(arm.comparedWith === null, base === undefined, arm.id)
      if (base) assert.deepEqual([base.scheme, base.comparedWith], [arm.scheme, null])
      else assert.ok(bases.has(arm.id) || arm.largestState || arm.twin || arm.variant === null, arm.id)
    }
  }
})

test('payload: the search for the largest state comes first and once, for all that remember anything', async () => {
  const { trials } = planTrials([payload], await options({ profile: 'full' }), 1)
  const searches = trials.filter(({ arm }) => arm.largestState)
  assert.deepEqual(trials.slice(0, searches.length), searches)
  assert.equal(new Set(searches.map(({ arm }) => arm.scheme)).size, searches.length)
  assert.ok(searches.length >= 6 && searches.every(({ arm }) => arm.scheme !== 'none'))
  const sized = trials.filter(({ arm }) => !arm.largestState)
  assert.deepEqual([...new Set(sized.map(({ block }) => block))], [0, 1, 2])
  const controls = sized.filter(({ arm, block }) => arm.scheme === 'none' && block === 0)
  assert.equal(
    controls.length,
    profiles.full.payload.sizesBytes.length + 1,
    'each size, and the smallest again',
  )
})

test('rtt: every distance for schemes with Redis, one level for the control and a token', async () => {
  const arms = await armsOf(rtt)
  const levels = (scheme: string) =>
    arms
      .filter((arm) => arm.scheme === scheme && arm.settings.autoPipelining !== false)
      .map(({ settings }) => settings.redisRoundTripMs)
      .toSorted((a = -1, b = -1) => a - b)
  for (const scheme of ['session-redis', 'session-redis-tuned', 'session-redis-cached', 'jwt-denylist'])
    assert.deepEqual(levels(scheme), [0, 0.5, 1, 5, 50], scheme)
  for (const scheme of ['none', 'jwt-hs256']) assert.deepEqual(levels(scheme), [undefined], scheme)
  assert.equal(new Set(arms.map(({ scheme }) => scheme)).size, 6)
  const oneByOne = arms.filter(({ settings }) => settings.autoPipelining === false)
  assert.deepEqual(oneByOne.map(({ id }) => id).toSorted(), [
    'rtt/jwt-denylist/0ms-one-by-one',
    'rtt/jwt-denylist/50ms-one-by-one',
    'rtt/session-redis-tuned/0ms-one-by-one',
    'rtt/session-redis-tuned/50ms-one-by-one',
  ])
  for (const { load } of arms)
    assert.deepEqual(load.loop === 'open' && load.ratesPerSec, profiles.full.rtt.ratesPerSec)
})

test('named schemes and rates are respected', async () => {
  const named = { schemes: ['jwt-es256', 'session-redis'] as const, schemesNamed: true }
  const sizes = await armsOf(payload, named)
  assert.deepEqual(
    new Set(sizes.map(({ scheme }) => scheme)),
    new Set(['none', 'jwt-es256', 'session-redis']),
  )
  const far = await armsOf(rtt, { ...named, rates: [300, 100] })
  assert.equal(far.filter(({ scheme }) => scheme === 'jwt-es256').length, 1)
  for (const { load } of far) assert.deepEqual(load.loop === 'open' && load.ratesPerSec, [100, 300])
  const none = planTrials([rtt], await full({ schemes: ['jwt-es256'], schemesNamed: true }), 1)
  assert.deepEqual(none.trials, [])
  assert.match(none.notes[0] ?? '', /none of the named schemes asks Redis/)
})

test('a fleet that cannot change what is asked for leaves the experiment out, with a note', async () => {
  for (const experiment of [payload, rtt]) {
    const { trials, notes } = planTrials([experiment], await full({ settable: ['passwordHash'] }), 1)
    assert.deepEqual(trials, [])
    assert.match(notes[0] ?? '', new RegExp(`^${experiment.name}: left out`))
  }
})
