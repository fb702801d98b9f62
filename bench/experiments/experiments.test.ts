/** The layout of trials: complete blocks, reproducible order, the user's choices respected. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SchemeName, schemeNames } from '../../servers/scheme.ts'
import { trialSchema } from '../record/schema/trial.ts'
import { planOptions as options } from '../testing/plan-options.ts'
import type { PlanOptions } from './experiment.ts'
import { experiments, planTrials } from './index.ts'
import { profileNames } from './profiles.ts'
import { THE_TWO } from './roles.ts'

const named = (...names: string[]) => experiments.filter(({ name }) => names.includes(name))

test('every block holds every arm once, and the control twice', async () => {
  const { trials } = planTrials(named('cost'), await options({ trials: 4 }), 7)
  for (let block = 0; block < 4; block++) {
    const arms = trials.filter((trial) => trial.block === block).map(({ arm }) => arm)
    assert.equal(new Set(arms.map(({ id }) => id)).size, arms.length)
    assert.deepEqual(new Set(arms.map(({ scheme }) => scheme)), new Set(schemeNames))
    assert.equal(arms.filter(({ scheme }) => scheme === 'none').length, 2)
    assert.equal(arms.filter(({ twin }) => twin).length, 1)
  }
})

test('the two that the argument is about come first, unless the user chose what is measured', async () => {
  const first = async (overrides: Partial<PlanOptions> = {}) => {
    const { trials } = planTrials(named('cost'), await options(overrides), 7)
    return new Set(trials.slice(0, 8).map(({ arm }) => arm.scheme))
  }
  assert.deepEqual(await first(), new Set(['none', ...THE_TWO]))
  const { trials } = planTrials(named('cost'), await options(), 7)
  assert.deepEqual(new Set(trials.slice(8).map(({ arm }) => arm.scheme)), new Set(schemeNames))
  for (const chosen of [{ trials: 3 }, { rates: [100] }, { handlerUs: [0] }, { precise: true }])
    assert.ok((await first(chosen)).size > 3, JSON.stringify(chosen))
})

test('the same seed gives the same order, another seed another', async () => {
  const order = async (seed: number) =>
    planTrials(experiments, await options(), seed).trials.map(({ id }) => id)
  assert.deepEqual(await order(1), await order(1))
  assert.notDeepEqual(await order(1), await order(2))
  assert.deepEqual([...(await order(1))].sort(), [...(await order(2))].sort())
})

test('trial ids are unique over the whole run', async () => {
  const { trials } = planTrials(experiments, await options({ profile: 'full' }), 1)
  assert.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
})

test('what each profile plans can be read back from its record', async () => {
  for (const profile of profileNames)
    for (const trial of planTrials(experiments, await options({ profile }), 1).trials)
      assert.deepEqual(trialSchema.parse(JSON.parse(JSON.stringify(trial))), trial)
})

test('the control is always measured, also when only one scheme is named', async () => {
  const { trials } = planTrials(experiments, await options({ schemes: ['jwt-hs256'], schemesNamed: true }), 1)
  assert.deepEqual(new Set(trials.map(({ arm }) => arm.scheme)), new Set(['none', 'jwt-hs256']))
})

test('a calibration measures the schemes that are planned for, and nothing to compare them with', async () => {
  const chosen = await options({ profile: 'calibration', schemes: ['jwt-hs256'], schemesNamed: true })
  const { trials } = planTrials(named('cost', 'latency', 'users'), chosen, 1)
  assert.deepEqual(new Set(trials.map(({ arm }) => arm.scheme)), new Set(['jwt-hs256']))
  assert.deepEqual(new Set(trials.map(({ arm }) => arm.twin)), new Set([false]))
})

test('experiments about state take one scheme for each place of state unless schemes are named', async () => {
  const { trials } = planTrials(named('users'), await options({ trials: 1 }), 1)
  const { traits } = await options()
  const states = [...new Set(trials.map(({ arm }) => arm.scheme))].map((s) => traits[s as SchemeName].state)
  assert.equal(new Set(states).size, states.length)
  assert.deepEqual(new Set(states), new Set(Object.values(traits).map(({ state }) => state)))
  const full = planTrials(named('users'), await options({ profile: 'full', trials: 1 }), 1)
  assert.equal(new Set(full.trials.map(({ arm }) => arm.scheme)).size, Object.keys(traits).length)
})

test('replicas beyond the fleet are left out with a note; where they share cores, smoke says so', async () => {
  const { trials, notes } = planTrials(
    named('replicas'),
    await options({ profile: 'smoke', replicas: [1, 2, 9], maxReplicas: 3, maxExclusiveReplicas: 1 }),
    1,
  )
  assert.deepEqual(new Set(trials.map(({ arm }) => arm.replicas)), new Set([1, 2]))
  assert.equal(notes.length, 2)
  assert.match(notes[0] ?? '', /N = 9 left out/)
  assert.match(notes[1] ?? '', /N = 2 replicas share cores/)
})

test('--max-users becomes the last level and never has more connections than users', async () => {
  const { trials } = planTrials(named('users'), await options({ maxUsers: 5, trials: 1 }), 1)
  assert.deepEqual(new Set(trials.map(({ arm }) => arm.users)), new Set([5]))
  for (const { arm } of trials) assert.equal(arm.load.connections, 5)
})

test('where no two replicas have a core each, growth is left out with a note, unless it is asked for', async () => {
  const { trials, notes } = planTrials(named('replicas'), await options({ maxExclusiveReplicas: 1 }), 1)
  assert.deepEqual(trials, [])
  assert.match(notes[0] ?? '', /left out.*--only replicas measures/)
  for (const over of [
    { profile: 'smoke' },
    { profile: 'full' },
    { only: ['replicas'] },
    { replicas: [1, 2] },
  ]) {
    const asked = await options({ maxExclusiveReplicas: 1, ...over } as Partial<PlanOptions>)
    assert.ok(planTrials(named('replicas'), asked, 1).trials.length > 0, JSON.stringify(over))
  }
})

test('ladders are climbed by the two in a standard run, by those that are named, and by all in a full one', async () => {
  const climbing = async (overrides: Partial<PlanOptions>) =>
    new Set(planTrials(named('latency'), await options(overrides), 1).trials.map(({ arm }) => arm.scheme))
  assert.deepEqual(await climbing({}), new Set(THE_TWO))
  const few: SchemeName[] = ['jwe', 'session-memory']
  assert.deepEqual(await climbing({ schemes: few, schemesNamed: true }), new Set(['none', ...few]))
  assert.deepEqual(await climbing({ profile: 'full' }), new Set(schemeNames))
})

test('a ladder finds its rates; those that are named are its rungs, in order, and one alone is noted', async () => {
  const { trials, notes } = planTrials(named('latency'), await options({ trials: 1 }), 1)
  for (const { arm } of trials) assert.ok(arm.load.loop === 'open' && arm.load.ratesPerSec === null)
  assert.deepEqual(notes, [])
  const rates = planTrials(named('latency'), await options({ rates: [300, 100] }), 1)
  for (const { arm } of rates.trials)
    assert.deepEqual(arm.load.loop === 'open' && arm.load.ratesPerSec, [100, 300])
  const one = planTrials(named('latency'), await options({ rates: [300] }), 1)
  assert.match(one.notes[0] ?? '', /one arrival rate .* nothing about capacity/)
})

test('a run that may end early has more blocks to end before, unless their number is named', async () => {
  const blocks = async (overrides: Partial<PlanOptions>) =>
    new Set(planTrials(named('cost'), await options(overrides), 1).trials.map(({ block }) => block)).size
  // Of the two that are answered first there is no answer before.
  const two = { schemes: THE_TWO }
  assert.equal(await blocks({ ...two, precise: true }), 4 * (await blocks(two)))
  assert.equal(await blocks({ precise: true, trials: 7 }), 7)
})

test('arms that are compared with each other are measured side by side, in an order of each block', async () => {
  const { trials } = planTrials(named('replicas', 'rtt'), await options({ profile: 'full' }), 3)
  const passes: string[][] = []
  for (const { arm, position } of trials) {
    if (position === 0) passes.push([])
    passes.at(-1)?.push(arm.comparedWith ?? arm.id)
  }
  assert.ok(passes.some((bases) => new Set(bases).size > 1 && new Set(bases).size < bases.length))
  for (const bases of passes) {
    const begun = bases.filter((base, i) => base !== bases[i - 1])
    assert.deepEqual(begun, [...new Set(begun)])
  }
  const ids = (block: number) => trials.filter((trial) => trial.block === block).map(({ arm }) => arm.id)
  assert.notDeepEqual(ids(0), ids(1))
})
