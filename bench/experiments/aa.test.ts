/** The A/A experiment: two arms that differ in nothing but their name, and only when it is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanOptions, SchemeName, Traits } from '../types.ts'
import { aa } from './aa.ts'
import { CONTROL } from './arms.ts'

const options = (over: Partial<PlanOptions>): PlanOptions => ({
  profile: 'standard',
  schemes: ['jwt-hs256'],
  schemesNamed: true,
  traits: {} as Record<SchemeName, Traits>,
  replicas: undefined,
  users: undefined,
  maxUsers: undefined,
  connections: undefined,
  trials: undefined,
  durationSec: undefined,
  rates: undefined,
  precise: false,
  maxReplicas: 1,
  maxExclusiveReplicas: 1,
  ...over,
})

test('the control is measured twice in each block, and nothing tells the two apart', () => {
  const { rounds } = aa.plan(options({}))
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

test('it runs only when named, and with as many blocks as are asked for', () => {
  assert.equal(aa.optIn, true)
  assert.equal(aa.plan(options({ trials: 3 })).rounds[0]?.blocks, 3)
  assert.equal(aa.plan(options({ profile: 'smoke' })).rounds[0]?.blocks, 1)
})
