/** A smoke run says whether everything works, and no figure. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { isBroken, smokeText } from './smoke.ts'

const { run, results } = syntheticRun({ profile: 'smoke', blocks: 1, experiments: ['cost'] })

const without = (
  result: TrialResult,
  reason: string,
  rejectedBy: ('warm-up-not-over' | 'littles-law')[],
): TrialResult => {
  const { schemaVersion, trial, startedAt } = result
  return { schemaVersion, trial, startedAt, ok: false, reason, rejectedBy, measurement: null, rungs: [] }
}
/** The first result changed. */
const changed = (reason: string, gates: ('warm-up-not-over' | 'littles-law')[]) =>
  results.map((result, i) => (i === 0 ? without(result, reason, gates) : result))

test('where all of it answered, that is the last that it says', () => {
  const text = smokeText(run, results)
  assert.match(text, new RegExp(`^✓ cost +${results.length} of ${results.length}$`, 'm'))
  assert.match(
    text,
    /^Everything works here: 1 experiment, \d+ schemes, \d+ trials\.\nA smoke run is too short for figures/m,
  )
})

test('what a gate rejected has worked, and the gate is named', () => {
  const disturbed = changed('the load fell behind', ['littles-law'])
  assert.ok(!disturbed.some(isBroken))
  assert.match(smokeText(run, disturbed), /^✓ cost .*; disturbed by the machine: littles-law$/m)
})

test('what failed is named with its reason', () => {
  const broken = changed('r1 ended', [])
  const text = smokeText(run, broken)
  assert.match(text, /^✗ cost/m)
  assert.ok(text.includes(`${results[0]?.trial.id}: r1 ended`))
  assert.match(text, /^1 trial of \d+ did not work here\.$/m)
})

test('of one that was measured again the last counts', () => {
  const [first] = results
  assert.ok(first)
  assert.match(smokeText(run, [without(first, 'r1 ended', []), ...results]), /^Everything works here/m)
})

test('what was not measured is not said to work', () => {
  assert.match(
    smokeText(run, results.slice(1)),
    /^What was measured works here; the rest was not measured\.$/m,
  )
})
