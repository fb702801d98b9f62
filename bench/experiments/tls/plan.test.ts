/** The arms of the experiment `tls`: what differs from what, and where there are none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { armSchema } from '../../record/schema/trial.ts'
import type { Arm } from '../../record/types.ts'
import { planOptions } from '../../testing/plan-options.ts'
import type { PlanOptions } from '../experiment.ts'
import { tls } from './plan.ts'

async function plan(options: Partial<PlanOptions> = {}) {
  const { rounds, notes } = tls.plan(await planOptions(options))
  return { arms: rounds.flatMap(({ arms }) => arms), notes }
}

const reuseOf = ({ load }: Arm) => (load.loop === 'closed' ? load.reuse : undefined)

test('the control connects in eight ways and twice in the first, a session and a token keep their connections', async () => {
  const { arms } = await plan()
  for (const arm of arms) armSchema.parse(arm)
  assert.equal(new Set(arms.map(({ id }) => id)).size, arms.length)
  const variants = (scheme: string) =>
    arms.filter((arm) => arm.scheme === scheme && !arm.twin).map(({ variant }) => variant)
  const kept = ['plain-kept', 'tls12-kept', 'tls13-kept']
  const connecting = ['plain-new', 'tls12-new', 'tls12-resumed', 'tls13-new', 'tls13-resumed']
  assert.deepEqual(variants('none'), [...kept, ...connecting])
  assert.deepEqual(variants('session-redis'), [...kept, 'plain-new', 'tls13-new'])
  assert.deepEqual(variants('jwt-hs256'), kept)
  assert.deepEqual(
    arms.filter(({ twin }) => twin).map(({ id }) => id),
    ['tls/none/plain-kept/twin'],
  )
})

test('a variant is what its name says', async () => {
  for (const arm of (await plan()).arms) {
    const [stack, reuse] = arm.variant?.split('-') ?? []
    assert.equal(reuseOf(arm), reuse)
    const version = { plain: undefined, tls12: '1.2', tls13: '1.3' }[stack ?? '']
    assert.equal(arm.settings.tls, version)
    assert.equal('tls' in arm.settings, version !== undefined, 'a record names only what differs')
  }
})

test('each is compared with an arm of the same scheme that is there, and with plain HTTP', async () => {
  const { arms } = await plan()
  const byId = new Map(arms.map((arm) => [arm.id, arm]))
  for (const arm of arms.filter(({ variant }) => variant !== 'plain-kept')) {
    const base = byId.get(arm.comparedWith ?? '') ?? assert.fail(arm.id)
    assert.equal(base.scheme, arm.scheme)
    assert.equal(base.settings.tls, undefined)
    const isNew = reuseOf(arm) !== 'kept' && arm.settings.tls !== undefined
    assert.equal(reuseOf(base), isNew ? 'new' : 'kept')
  }
})

test('schemes that are named take the place of both', async () => {
  const { arms } = await plan({ schemes: ['jwt-es256'], schemesNamed: true })
  assert.deepEqual(new Set(arms.map(({ scheme }) => scheme)), new Set(['none', 'jwt-es256']))
  assert.equal(arms.filter(({ scheme }) => scheme === 'jwt-es256').length, 5)
})

test('a fleet whose proxy cannot be told has no such arms, and a note', async () => {
  const { arms, notes } = await plan({ settable: ['stateBytes'] })
  assert.deepEqual(arms, [])
  assert.match(notes[0] ?? '', /^tls: left out, since the proxy/)
})

test('only the profile full has it without its being named', () => {
  assert.deepEqual(tls.profiles, ['full'])
})
