/** The table of knobs: each arm differs in one setting from what it is compared with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsSchema } from '../../record/schema/settings.ts'
import type { Arm } from '../../record/types.ts'
import { chosenExperiments } from '../../run/choices.ts'
import { planOptions } from '../../testing/plan-options.ts'
import type { PlanOptions } from '../experiment.ts'
import { experiments } from '../index.ts'
import { knobs } from './plan.ts'

const runtimes = { 20: '20.20.2', 22: '22.23.3', 26: '26.10.0' }

async function planned(overrides: Partial<PlanOptions> = {}) {
  const { rounds, notes } = knobs.plan(await planOptions({ runtimes, ...overrides }))
  return { arms: rounds.flatMap(({ arms }) => arms), notes, rounds }
}

const schemesOf = (arms: readonly Arm[]) => new Set(arms.map(({ scheme }) => scheme))

test('each tuned arm differs from its base in one setting and the names, and from another base in the scheme', async () => {
  const { arms, notes } = await planned()
  assert.deepEqual(notes, [])
  const compared = arms.filter(({ comparedWith, users }) => comparedWith !== null && users === 1_000)
  assert.ok(compared.length > 20)
  for (const one of compared) {
    const base = arms.find(({ id }) => id === one.comparedWith)
    assert.ok(base, `${one.id} is compared with ${one.comparedWith}`)
    assert.deepEqual(base.settings, {})
    const { id, variant, comparedWith, settings, scheme, ...rest } = one
    const { id: _id, variant: _variant, comparedWith: _with, settings: _none, scheme: of, ...baseRest } = base
    assert.deepEqual(rest, baseRest)
    assert.equal(Object.keys(settings).length, scheme === of ? 1 : 0)
    assert.deepEqual(settingsSchema.parse(settings), settings)
    assert.match(id, /^[\w/-]+$/)
  }
  assert.equal(new Set(arms.map(({ id }) => id)).size, arms.length)
})

test('a crowd is larger than a near cache: with a tail against few users, and all alike against the tail', async () => {
  const { arms } = await planned()
  const crowds = arms.filter(({ users }) => users === 60_000)
  assert.deepEqual(
    crowds.map(({ id, comparedWith, load }) => [
      id,
      comparedWith,
      load.loop === 'closed' && load.popularityExponent,
    ]),
    [
      ['knobs/session-redis-cached/users-60000', 'knobs/session-redis-cached', 0.8],
      ['knobs/session-redis-cached/users-60000-all-alike', 'knobs/session-redis-cached/users-60000', 0],
    ],
  )
  const asked = await planned({ popularity: 1.1 })
  const laws = asked.arms.map(({ load }) => load.loop === 'closed' && load.popularityExponent)
  assert.deepEqual(new Set(laws), new Set([1.1, 0]))
})

test('the other algorithms are compared with HS256, and with nothing where that was not chosen', async () => {
  const comparedWith = (arms: readonly Arm[], wanted: string) =>
    arms.find(({ id }) => id === wanted)?.comparedWith
  const { arms } = await planned()
  for (const scheme of ['jwt-rs256', 'jwt-es256', 'jwt-eddsa'])
    assert.equal(comparedWith(arms, `knobs/${scheme}`), 'knobs/jwt-hs256')
  const alone = await planned({ schemes: ['jwt-rs256'], schemesNamed: true })
  assert.equal(comparedWith(alone.arms, 'knobs/jwt-rs256'), null)
  assert.equal(comparedWith(alone.arms, 'knobs/jwt-rs256/threads-1'), 'knobs/jwt-rs256')
})

test('only the knobs of the schemes that were named, beside the control as it is, twice', async () => {
  const { arms } = await planned({ schemes: ['jwt-denylist'], schemesNamed: true })
  assert.deepEqual(
    arms.map(({ id }) => id),
    ['knobs/none', 'knobs/jwt-denylist', 'knobs/none/twin', 'knobs/jwt-denylist/denylist-believed-1-s'],
  )
  const without = await planned({ schemes: ['session-memory'], schemesNamed: true })
  assert.deepEqual(schemesOf(without.arms), new Set(['none']), 'no knob is of session-memory')
})

test('what a fleet cannot change is left out with a note, and so are schemes of which nothing is left', async () => {
  const { arms, notes } = await planned({ settable: ['keyForm'] })
  const signed = ['jwt-hs256', 'jwt-rs256', 'jwt-es256', 'jwt-eddsa'] as const
  assert.deepEqual(schemesOf(arms), new Set([...signed, 'none', 'session-redis-cached']))
  for (const { settings } of arms) assert.ok(Object.keys(settings).every((name) => name === 'keyForm'))
  assert.match(
    notes.join(),
    /^knobs: touch-off, .*unix-socket.*node-20.* left out, which this fleet cannot change$/,
  )
})

test('a Node that cannot be had is left out with a note', async () => {
  const { arms, notes } = await planned({ runtimes: { 20: '20.20.2', 22: null } })
  assert.deepEqual(new Set(arms.map(({ settings }) => settings.node)), new Set([undefined, '20']))
  assert.deepEqual(notes, ['knobs: Node 22 left out: not here, and npm could not fetch it'])
})

test('a standard run does not have it, a full one does, and whoever names it', () => {
  const has = (options: Parameters<typeof chosenExperiments>[0]) => chosenExperiments(options).includes(knobs)
  assert.deepEqual(
    [has({ profile: 'standard' }), has({ profile: 'full' }), has({ profile: 'smoke', only: ['knobs'] })],
    [false, true, true],
  )
  assert.ok(experiments.includes(knobs))
})
