/** Fewer schemes in a summary: every list follows, and what is left is unchanged. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { narrowed } from './narrow.ts'
import { summarize } from './summarize.ts'

test('only the schemes asked for are left, with the control, in arms and in every other list', () => {
  const { run, results } = syntheticRun()
  const summary = summarize(run, results)
  const some = narrowed(summary, ['jwt-hs256'])
  assert.deepEqual([...new Set(some.arms.map(({ arm }) => arm.scheme))].sort(), ['jwt-hs256', 'none'])
  assert.deepEqual([...new Set(some.memoryPerUser.map(({ scheme }) => scheme))].sort(), ['jwt-hs256', 'none'])
  const kept = (one: (typeof summary.arms)[number]) => one.arm.id === 'cost/jwt-hs256'
  assert.deepEqual(some.arms.find(kept), summary.arms.find(kept))
  assert.deepEqual(some.aa, summary.aa)
  assert.equal(some.claims.length, summary.claims.length)
})

test('all schemes leave everything as it is, and nothing is changed in place', () => {
  const { run, results } = syntheticLadders()
  const summary = summarize(run, results)
  const before = structuredClone(summary)
  const schemes = [...new Set(summary.latency.map(({ scheme }) => scheme))]
  assert.deepEqual(narrowed(summary, schemes), summary)
  narrowed(summary, [])
  assert.deepEqual(summary, before)
})
