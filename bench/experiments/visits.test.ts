/** The experiments about logins and journeys: who takes part, what is compared, and what is left out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arm } from '../record/types.ts'
import { planOptions } from '../testing/plan-options.ts'
import type { PlanOptions } from './experiment.ts'
import { planTrials } from './index.ts'
import { journey } from './journey/plan.ts'
import { login } from './login/plan.ts'

async function armsOf(experiment: typeof login, over: Partial<PlanOptions> = {}) {
  const { trials, notes } = planTrials([experiment], await planOptions({ profile: 'full', ...over }), 1)
  const arms = trials.filter(({ block }) => block === 0).map(({ arm }) => arm)
  return { arms, notes, blocks: new Set(trials.map(({ block }) => block)).size }
}

const isHashed = ({ settings }: Arm) => settings.passwordHash === 'scrypt'
const schemesOf = (arms: readonly Arm[]) => new Set(arms.map(({ scheme }) => scheme))

test('logins are measured for every place of state and both kinds of keys, hashing for three schemes', async () => {
  const { arms, notes } = await armsOf(login)
  const { traits } = await planOptions()
  const plain = arms.filter((arm) => !isHashed(arm))
  const states = new Set([...schemesOf(plain)].map((scheme) => traits[scheme as keyof typeof traits].state))
  assert.deepEqual(states, new Set(['none', 'process', 'redis', 'token']))
  for (const scheme of ['none', 'session-redis-tuned', 'jwt-rs256', 'jwt-es256', 'jwt-cookie'])
    assert.ok(schemesOf(plain).has(scheme), scheme)
  assert.equal(plain.filter(({ twin }) => twin).length, 1)
  assert.deepEqual(schemesOf(arms.filter(isHashed)), new Set(['none', 'session-redis', 'jwt-hs256']))
  assert.deepEqual(notes, [])
})

test('a hashed login is compared with that of the same scheme, and asks for no warm-up that takes an hour', async () => {
  const { arms } = await armsOf(login)
  for (const { comparedWith, scheme, ...hashed } of arms.filter(isHashed)) {
    const base = arms.find(({ id }) => id === comparedWith)
    assert.deepEqual([base?.scheme, base && isHashed(base), base?.twin], [scheme, false, false])
    assert.deepEqual([hashed.warmupSec, hashed.warmupRequests], [0, 0])
    assert.ok(hashed.users <= 16 && hashed.load.connections <= hashed.users && hashed.measureSec >= 8)
  }
  for (const { load } of arms) assert.ok(load.loop === 'closed' && load.requests === 'login')
})

test('a fleet that cannot hash measures the rest, and says so; named schemes replace the table', async () => {
  const { arms, notes } = await armsOf(login, { settable: [] })
  assert.equal(arms.some(isHashed), false)
  assert.match(notes[0] ?? '', /cannot tell its servers to hash/)
  const named = await armsOf(login, { schemes: ['jwt-eddsa'], schemesNamed: true, connections: 200 })
  assert.deepEqual(schemesOf(named.arms), new Set(['none', 'jwt-eddsa']))
  assert.ok(named.arms.filter(isHashed).every(({ load }) => load.connections <= 16))
  assert.ok(named.arms.some((arm) => !isHashed(arm) && arm.load.connections === 200))
})

test('journeys are the same for every scheme, and there are users enough for them', async () => {
  const { arms, blocks } = await armsOf(journey)
  assert.equal(blocks, 3)
  assert.equal(arms.filter(({ scheme }) => scheme === 'none').length, 2)
  assert.ok(schemesOf(arms).has('jwt-denylist') && !schemesOf(arms).has('jwt-rs256'))
  assert.equal(new Set(arms.map(({ load }) => JSON.stringify(load))).size, 1)
  for (const { load, users } of arms) {
    assert.ok(load.loop === 'journey')
    const atOnce = (load.journeysPerSec * (load.reads + 2) * load.thinkMs) / 1_000
    assert.ok(users > 3 * atOnce, `${users} users, ${atOnce} on their way`)
  }
})

test('neither belongs to the default run', () => {
  for (const { profiles } of [login, journey]) assert.deepEqual(profiles, ['full'])
})
