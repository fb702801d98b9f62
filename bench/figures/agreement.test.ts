/** Rejected trials are shown both ways, and an arm that its rejects would change says so in every figure. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import type { CoreSummary } from './schema.ts'

test('rejected trials: figures without and with them; a gate that hit one arm alone is named', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], noise: 0.01 })
  const withOnes = (factor: number) =>
    results.flatMap((result): TrialResult[] =>
      result.trial.arm.id === 'cost/jwt-rs256' ? [gated(result, factor), result] : [result],
    )
  const same = summarize(run, withOnes(1))
  assert.deepEqual(
    same.withRejected.map(({ arm, metric, agrees }) => [arm, metric, agrees]),
    [
      ['cost/jwt-rs256', 'cpuUsPerRequest.total', true],
      ['cost/jwt-rs256', 'throughputPerSec', true],
    ],
  )
  assert.ok(!armOf(same, 'cost/jwt-rs256').warnings.includes('rejects-matter'))
  const differs = summarize(run, withOnes(3))
  const [cpu] = differs.withRejected
  assert.equal(cpu?.agrees, false)
  const moved = (cpu?.with.value ?? 0) - (cpu?.without.value ?? 0)
  assert.ok(Math.abs(moved - 109) < 5, `${moved}`)
  assert.ok(armOf(differs, 'cost/jwt-rs256').warnings.includes('rejects-matter'))
  assert.ok(armOf(differs, 'cost/jwt-rs256').authTaxUs?.estimate.warnings.includes('rejects-matter'))
  assert.ok(!armOf(differs, 'cost/jwt-es256').warnings.includes('rejects-matter'))
})

test('with a single block the rejected trial has to lie within the run’s own error', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 1 })
  const agreesAt = (factor: number) => {
    const more = results.filter(({ trial }) => trial.arm.id === 'cost/jwt-rs256')
    const { withRejected } = summarize(run, [...results, ...more.map((result) => gated(result, factor))])
    return withRejected.map(({ agrees }) => agrees)
  }
  assert.deepEqual(agreesAt(1), [true, true])
  assert.equal(agreesAt(2)[0], false)
})

test('an arm of which every trial was rejected has no figure, neither without nor with them', () => {
  const all = (result: TrialResult) => (result.trial.arm.id === 'cost/jwt-rs256' ? gated(result, 1) : result)
  const { run, results } = syntheticRun({ experiments: ['cost'], change: all })
  const summary = summarize(run, results)
  assert.deepEqual(armOf(summary, 'cost/jwt-rs256').metrics, {})
  assert.equal(armOf(summary, 'cost/jwt-rs256').authTaxUs, null)
  assert.deepEqual(summary.withRejected, [])
  assert.equal(summary.trials.failed, 5)
})

function armOf(summary: CoreSummary, id: string): CoreSummary['arms'][number] {
  const found = summary.arms.find(({ arm }) => arm.id === id)
  assert.ok(found, id)
  return found
}

/** As a gate rejected it, with `factor` times the CPU a request. */
function gated(result: TrialResult, factor: number): TrialResult {
  assert.ok(result.ok)
  const { measurement } = result
  const { cpuUsPerRequest } = measurement
  const replicas = factor * (cpuUsPerRequest.replicas ?? 0)
  return {
    schemaVersion: result.schemaVersion,
    trial: result.trial,
    startedAt: result.startedAt,
    ok: false,
    reason: 'foreign-cpu',
    rejectedBy: ['foreign-cpu'],
    measurement: { ...measurement, cpuUsPerRequest: { ...cpuUsPerRequest, replicas } },
    rungs: [],
  }
}
