/** A fall that is there in every block is told from a host that changes its speed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { seededNormal } from '../stats/normal.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'

/** Trends of each trial: the host's, and on top the fall of one arm. */
function flaggedWith(fall: number, seed: number): string[] {
  const normal = seededNormal(seed)
  const change = (result: TrialResult): TrialResult => {
    if (!result.ok) return result
    const cpuTrend = 0.3 * normal() + (result.trial.arm.id === 'cost/jwt-rs256' ? fall : 0)
    const { measurement } = result
    return { ...result, measurement: { ...measurement, checks: { ...measurement.checks, cpuTrend } } }
  }
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 10, change })
  return summarize(run, results)
    .arms.filter(({ warnings }) => warnings.includes('warm-up-not-over'))
    .map(({ arm }) => arm.id)
}

test('an arm whose CPU a request falls in block after block is flagged, on a host that swings by 30 %', () => {
  assert.deepEqual(flaggedWith(-0.7, 1), ['cost/jwt-rs256'])
})

test('a rise is no warm-up', () => {
  assert.deepEqual(flaggedWith(0.7, 1), [])
})

test('the swings alone flag an arm in at most one run of twenty', () => {
  const runs = Array.from({ length: 60 }, (_, seed) => flaggedWith(0, seed))
  assert.ok(runs.filter((ids) => ids.length > 0).length <= 6)
})
