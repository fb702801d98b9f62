/** Time left and one-line outcomes: what a person waits by. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration, outcome, secondsLeft } from './progress.ts'
import { syntheticRun } from './report/synthetic-run.ts'

const { run, results } = syntheticRun()
const trial = run.plan[0] as (typeof run.plan)[number]

test('time left scales with how the finished trials compared with their estimates', () => {
  const first = secondsLeft([], [trial], 0)
  assert.ok(first > trial.arm.measureSec)
  const slow = secondsLeft([trial], [trial, trial], 3 * first)
  assert.ok(Math.abs(slow - 6 * first) < 1e-9, 'two to go, each three times as long as estimated')
  assert.equal(secondsLeft([trial], [], 10), 0)
})

test('durations read as a person would say them', () => {
  assert.deepEqual([0.2, 59, 61, 840, 5_400, 9_000].map(duration), [
    '1 s',
    '59 s',
    '1 min',
    '14 min',
    '1.5 h',
    '2.5 h',
  ])
})

test('a finished trial shows what came out, a rejected one why', () => {
  const good = results.find(({ ok }) => ok)
  assert.match(outcome(good as (typeof results)[number]), /^[\d,]+ requests\/s, \d+ µs of replica CPU each$/)
  const { schemaVersion, startedAt } = results[0] as (typeof results)[number]
  assert.equal(outcome({ schemaVersion, trial, startedAt, ok: false, reason: 'x' }), 'rejected: x')
})
