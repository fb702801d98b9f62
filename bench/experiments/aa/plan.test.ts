/** The A/A experiment: two arms that differ in nothing but their name, and only when it is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTROL } from '../../figures/records.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { aa } from './plan.ts'

test('the control is measured twice in each block, and nothing tells the two apart', async () => {
  const { rounds } = aa.plan(await planOptions({}))
  const [round] = rounds
  assert.equal(rounds.length, 1)
  assert.equal(round?.blocks, 10)
  const [first, twin] = round?.arms ?? []
  assert.ok(first && twin)
  assert.equal(first.scheme, CONTROL)
  assert.deepEqual({ ...twin, id: first.id, twin: false }, first)
  assert.notEqual(twin.id, first.id)
  assert.ok(twin.twin && !first.twin)
})

test('it runs only when named, and with as many blocks as are asked for', async () => {
  assert.deepEqual(aa.profiles, [])
  assert.equal(aa.plan(await planOptions({ trials: 3 })).rounds[0]?.blocks, 3)
  assert.equal(aa.plan(await planOptions({ profile: 'smoke' })).rounds[0]?.blocks, 1)
})
