/** What is asked of a fleet for arms with other versions, and how wrong ones are refused before anything is measured. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fleet } from '../fleet/fleet.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { traits } from '../traits.ts'
import { armText, requireChange, resolved, tryUpgrades } from './asked-arms.ts'

const { environment } = syntheticRun({ experiments: [] }).run
const arm = (versions: Record<string, string>) => ({ scheme: 'jwt-hs256' as const, versions })

/** Whose newest version of anything is x.9.9. */
const fleet = {
  versionsFor: async ({ node, ...asked }) => {
    const exact = Object.entries(asked).map(([name, version]) => [
      name,
      version.includes('.') ? version : `${version}.9.9`,
    ])
    return { ...(node && { node }), ...(exact.length > 0 && { packages: Object.fromEntries(exact) }) }
  },
} satisfies Partial<Fleet> as unknown as Fleet

test('an arm is written as it is typed', () => {
  assert.equal(armText(arm({})), 'jwt-hs256')
  assert.equal(armText(arm({ jose: '6', node: '22' })), 'jwt-hs256@jose=6,node=22')
})

test('arms come back with exact versions, in the order in which they were typed', async () => {
  assert.deepEqual(await resolved([arm({ jose: '5', node: '22' }), arm({})], fleet), [
    { scheme: 'jwt-hs256', settings: { node: '22', packages: { jose: '5.9.9' } } },
    { scheme: 'jwt-hs256', settings: {} },
  ])
  assert.deepEqual(await resolved([], {} as Fleet), [])
})

test('refused: a fleet of containers, no change at all, and the same twice', async () => {
  await assert.rejects(resolved([arm({ jose: '5' })], {} as Fleet), { code: 'ARM_FIXED' })
  await assert.rejects(resolved([arm({})], fleet), { code: 'ARM_IS_IT' })
  await assert.rejects(resolved([arm({ jose: '5' }), arm({ jose: '5.9.9' })], fleet), {
    code: 'ARM_TWICE',
    message: '--arm jwt-hs256@jose=5 and jwt-hs256@jose=5.9.9 are the same versions: leave one out',
  })
})

test('refused: the versions that a scheme has anyway, unless another one is compared with them', () => {
  const upgrade = (jose: string, node?: string) => ({
    scheme: 'jwt-hs256' as const,
    settings: { packages: { jose }, ...(node && { node }) },
  })
  const locked = environment.packages.jose ?? ''
  for (const same of [upgrade(locked), upgrade(locked, '24')])
    assert.throws(() => requireChange([same], environment), {
      code: 'ARM_IS_IT',
      message:
        /^--arm jwt-hs256@jose=6\.2\.18.* is what jwt-hs256 is compared with: ask for another version$/,
    })
  requireChange([upgrade('6.0.0')], environment)
  requireChange([upgrade(locked, '22')], environment)
  requireChange([upgrade(locked), upgrade('6.0.0')], environment)
  requireChange([{ scheme: 'none', settings: {} }, upgrade('6.0.0')], environment)
})

test('refused: a server that does not start, in one line; those that nobody varies are not tried', async () => {
  const failing = {
    start: async () => {
      throw new Error('r1 ended')
    },
  } satisfies Partial<Fleet> as unknown as Fleet
  const upgrade = { scheme: 'jwt-hs256' as const, settings: { packages: { jose: '5.9.9' }, node: '22' } }
  await assert.rejects(tryUpgrades([upgrade], traits, failing), {
    code: 'ARM_UNUSABLE',
    message: 'jwt-hs256@jose=5.9.9,node=22 cannot be measured: r1 ended',
  })
  await tryUpgrades([{ scheme: 'none', settings: {} }], traits, failing)
})
