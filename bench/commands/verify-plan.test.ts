/** What `npm run verify:plan` cannot do is one line that says what to do, before anything is started. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { run } from '../testing/cli.ts'

const published = (name: string) => path.join('results/published', name)

test('a run without turns has no control to go by', async () => {
  const { code, stderr } = await run(['verify-plan', '--run', published('2026-11-23-amd-epyc-2-cores')])
  assert.notEqual(code, 0)
  assert.match(stderr, /no cost of the control at everyday load.*npm run bench/)
})

test('by itself it plans from published runs that have turns, and leaves out what these cannot carry', async () => {
  // The number of the request whose scheme renews its tokens: nothing is loaded, since it is left out.
  const { code, stderr } = await run(['verify-plan', '--only', '9'])
  assert.notEqual(code, 0)
  assert.doesNotMatch(stderr, /no cost of the control/)
  assert.match(stderr, /9: left out: /)
})

test('a run that is not there, and a number that is none', async () => {
  const missing = await run(['verify-plan', '--run', 'nowhere'])
  assert.notEqual(missing.code, 0)
  assert.match(missing.stderr, /nowhere/)
  const { code, stderr } = await run(['verify-plan', '--only', 'first'])
  assert.notEqual(code, 0)
  assert.match(stderr, /whole number/)
})
