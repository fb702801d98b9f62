/** Arms against the ones that they name, in a made-up run where what lies between them is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Measurement, Trial, TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { failedRecord, type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { versusTable } from '../words/versus-table.ts'
import type { CoreSummary } from './schema.ts'

/** The experiment `cost` with these schemes' arms compared with those, by scheme. */
const BASES: Record<string, string> = {
  'jwt-rs256': 'cost/jwt-hs256',
  'session-redis-tuned': 'cost/session-redis',
}

interface Options extends SyntheticOptions {
  bases?: Record<string, string>
  /** Puts the arms into an experiment of their own. */
  move?: Record<string, string>
}

function summaryOf({ bases = BASES, move = {}, ...options }: Options = {}): CoreSummary {
  const { run, results } = syntheticRun({ experiments: ['cost'], noise: 0.002, ...options })
  const paired = <T extends Trial>(trial: T): T => {
    const { scheme, experiment } = trial.arm
    const arm = { ...trial.arm, comparedWith: bases[scheme] ?? null, experiment: move[scheme] ?? experiment }
    return { ...trial, arm }
  }
  return summarize(
    { ...run, plan: run.plan.map(paired) },
    results.map((result) => ({ ...result, trial: paired(result.trial) })),
  )
}

function versusOf(summary: CoreSummary, scheme: string) {
  const { versus } = summary.arms.find(({ arm }) => arm.scheme === scheme) ?? assert.fail(scheme)
  return versus
}

const near = (value: number | undefined, expected: number, share = 0.02) =>
  assert.ok(
    value !== undefined && Math.abs(value - expected) <= share * Math.abs(expected),
    `${value} is not within ${share} of ${expected}`,
  )

/** Changes the measurements of one scheme. */
const changing =
  (scheme: string, to: (m: Measurement) => Partial<Measurement>) =>
  (result: TrialResult): TrialResult =>
    result.ok && result.trial.arm.scheme === scheme
      ? { ...result, measurement: { ...result.measurement, ...to(result.measurement) } }
      : result

test('finds the ratios and the difference that were put in, over all serving tiers', () => {
  const summary = summaryOf()
  const rs256 = versusOf(summary, 'jwt-rs256')
  assert.equal(rs256?.arm, 'cost/jwt-hs256')
  near(rs256?.throughputRatio?.estimate.value, 81 / 109)
  near(rs256?.cpuRatio?.estimate.value, (109 + 19) / (81 + 19))
  near(rs256?.cpuDifferenceUs?.estimate.value, 28)
  assert.ok(rs256?.throughputRatio?.detected && rs256.cpuRatio?.detected && rs256.cpuDifferenceUs?.detected)
  near(versusOf(summary, 'session-redis-tuned')?.cpuDifferenceUs?.estimate.value, 104 + 13 - 148 - 52)
})

test('an arm that names none has none, and one that names an arm without records compares with nothing', () => {
  const lost = (result: TrialResult): TrialResult =>
    result.trial.arm.id === 'cost/jwt-hs256' ? failedRecord(result) : result
  const summary = summaryOf({ change: lost })
  assert.equal(versusOf(summary, 'jwt-eddsa'), null)
  const none = { throughputRatio: null, cpuRatio: null, cpuDifferenceUs: null }
  assert.deepEqual(versusOf(summary, 'jwt-rs256'), { arm: 'cost/jwt-hs256', ...none })
})

test('is taken within blocks: what all arms of a block have in common is no difference', () => {
  const steady = versusOf(summaryOf({ drift: 0.4, blocks: 8 }), 'jwt-rs256')?.throughputRatio
  assert.ok(steady && steady.estimate.hi - steady.estimate.lo < 0.02)
})

test('a side that the load generator or the proxy held down has no throughput ratio; its CPU still counts', () => {
  for (const scheme of ['jwt-rs256', 'jwt-hs256']) {
    const limited = changing(scheme, () => ({ warnings: ['generator-saturated'] }))
    const versus = versusOf(summaryOf({ change: limited }), 'jwt-rs256')
    assert.equal(versus?.throughputRatio, null)
    assert.ok(versus?.cpuDifferenceUs?.detected)
    assert.ok(versus.cpuRatio?.estimate.warnings.includes('generator-saturated'))
  }
})

test('equal arms are not told apart, and without a second control nothing is', () => {
  const equal = versusOf(summaryOf({ equal: true, noise: 0.05 }), 'jwt-rs256')
  assert.equal(equal?.cpuDifferenceUs?.detected, false)
  const single = (result: TrialResult): TrialResult => (result.trial.arm.twin ? failedRecord(result) : result)
  assert.equal(versusOf(summaryOf({ change: single }), 'jwt-rs256')?.cpuDifferenceUs?.detected, false)
})

test('all comparisons of one experiment are a family, those of another are not in it', () => {
  const many = Object.fromEntries(
    ['jwt-rs256', 'jwt-es256', 'jwt-eddsa', 'jwt-cookie', 'jwt-denylist'].map((s) => [s, 'cost/jwt-hs256']),
  )
  const noisy = { noise: 0.13, equal: true }
  const p = (options: Options) => versusOf(summaryOf({ ...noisy, ...options }), 'jwt-rs256')?.cpuRatio?.p ?? 0
  const alone = p({ bases: { 'jwt-rs256': 'cost/jwt-hs256' } })
  assert.ok(alone > 0 && alone < p({ bases: many }))
  const elsewhere = Object.fromEntries(Object.keys(many).map((scheme) => [scheme, 'knobs']))
  assert.equal(p({ bases: many, move: { ...elsewhere, 'jwt-rs256': 'cost' } }), alone)
})

test('the table has a row an arm, ~ where nothing was detected, and names what each is compared with', () => {
  const { head, rows } = versusTable(summaryOf(), 'cost')
  const row = (scheme: string) => rows.find(([name]) => name === scheme) ?? assert.fail(scheme)
  assert.equal(head.length, 6)
  assert.equal(rows.length, 11)
  const [, variant, base, , ratio, difference] = row('jwt-rs256')
  assert.deepEqual([variant, base], ['–', 'jwt-hs256'])
  assert.match(ratio ?? '', /^7\d % \(/)
  assert.match(difference ?? '', /^\+2\d\.\d \(/)
  assert.deepEqual(row('jwt-eddsa').slice(4), ['–', '–'])
  const [, , , , none] =
    versusTable(summaryOf({ equal: true }), 'cost').rows.find(([name]) => name === 'jwt-rs256') ?? []
  assert.match(none ?? '', /^~/)
})
