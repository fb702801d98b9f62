/** The ledger as a whole: every row is complete, and no run is too poor to be judged. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSchemeName } from '../../servers/scheme.ts'
import { experiments } from '../experiments/index.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { failedRecord, syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { ledger } from './ledger.ts'
import type { Bound, Limits } from './verdict.ts'

test('every row has an id of its own, a quotation with its source, and both conditions', () => {
  assert.equal(ledger.length, 18)
  assert.equal(new Set(ledger.map(({ id }) => id)).size, ledger.length)
  for (const row of ledger)
    for (const field of ['id', 'quote', 'source', 'metric', 'supportedIf', 'refutedIf'] as const)
      assert.ok(row[field].length > 0, `${row.id}: ${field}`)
})

test('the thresholds in words are those that are computed with', () => {
  for (const { id, thresholds, supportedIf, refutedIf, metric } of ledger) {
    const words = [supportedIf, refutedIf, metric].join(' ').replaceAll(',', '')
    for (const [name, threshold] of Object.entries(thresholds)) {
      const bounds = boundsOf(threshold)
      for (const { value } of bounds) {
        const written = name.endsWith('Us') ? value / 1_000 : value
        if (written > 0) assert.match(words, new RegExp(`\\b${written}\\b`), `${id}: ${name} ${written}`)
        else assert.match(words, /\b0\b|no 401|0 for/, `${id}: ${name}`)
      }
    }
  }
})

function boundsOf(threshold: (typeof ledger)[number]['thresholds'][string]): Bound[] {
  if (typeof threshold !== 'object') return []
  if ('op' in threshold) return [threshold]
  if ('supported' in threshold)
    return [threshold.supported, threshold.refuted].filter((bound): bound is Bound => bound !== null)
  return []
}

test('no interval can be both supported and refuted', () => {
  const isUpper = ({ op }: Bound) => op.startsWith('>')
  const pairs = ledger.flatMap(({ id, thresholds }) =>
    Object.values(thresholds)
      .filter((one): one is Limits => typeof one === 'object' && 'supported' in one)
      .map((limits) => ({ id, ...limits })),
  )
  assert.ok(pairs.length >= 8)
  for (const { id, supported, refuted } of pairs) {
    if (!supported || !refuted) continue
    const [upper, lower] = isUpper(supported) ? [supported, refuted] : [refuted, supported]
    assert.ok(isUpper(upper) && !isUpper(lower), id)
    assert.ok(upper.value > lower.value || (upper.value === lower.value && upper.op === '>'), id)
  }
})

/** Options of `npm run bench` that a row may name. */
const OPTIONS = /^--(only|schemes|rates|trials|replicas|max-users)$/

test('what decides a claim is a command that exists', () => {
  for (const { id, decidedBy } of ledger) {
    const [npm, run, bench, dashes, ...words] = decidedBy.split(' ')
    assert.deepEqual([npm, run, bench, dashes], ['npm', 'run', 'bench', '--'], id)
    const options = new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? '']] : [])))
    for (const [option, value] of options) {
      assert.match(option, OPTIONS, id)
      assert.notEqual(value, '', `${id}: ${option}`)
    }
    const known = experiments.map(({ name }) => name)
    for (const name of options.get('--only')?.split(',') ?? [id])
      assert.ok(known.includes(name), `${id}: ${name}`)
    for (const name of options.get('--schemes')?.split(',') ?? [])
      assert.ok(isSchemeName(name), `${id}: ${name}`)
  }
})

const claimsOf = ({ run, results }: ReturnType<typeof syntheticRun>) => summarize(run, results).claims

test('a smoke run, and one of which every trial failed, decide nothing', () => {
  const runs = [syntheticRun({ profile: 'smoke', blocks: 1 }), syntheticRun({ change: failedRecord })]
  for (const run of runs)
    for (const { id, verdict, evidence, estimates } of claimsOf(run))
      assert.deepEqual([verdict, evidence, estimates], ['undecided', [], []], id)
})

test('whatever is missing from a run, each claim is judged, with its evidence among the trials of the run', () => {
  const { run, results: bare } = syntheticLadders({ blocks: 3, ratesPerSec: [10, 100, 1_000] }, false)
  const turning = (_: string, { perSec }: { perSec: number | null }) => 150 + (perSec ?? 0) / 10
  for (const results of [
    bare,
    withTurns(bare, turning),
    withTurns(bare, (scheme) => (scheme === 'none' ? 150 : 300)),
  ])
    judgedWhatever({ run, results })
})

function judgedWhatever(whole: ReturnType<typeof syntheticRun>): void {
  const schemes = [...new Set(whole.run.plan.map(({ arm }) => arm.scheme))]
  const names = [...new Set(whole.run.plan.map(({ arm }) => arm.experiment))]
  const ids = new Set(whole.run.plan.map(({ id }) => id))
  for (const missing of [null, ...schemes, ...names]) {
    const results = whole.results.filter(
      ({ trial: { arm } }) => arm.scheme !== missing && arm.experiment !== missing,
    )
    for (const { id, verdict, evidence, estimates, boundary } of claimsOf({ run: whole.run, results })) {
      assert.equal(verdict === 'undecided', evidence.length === 0, `${id} without ${missing}`)
      assert.equal(verdict === 'undecided', estimates.length === 0, `${id} without ${missing}`)
      assert.ok(
        evidence.every((trial) => ids.has(trial)),
        id,
      )
      assert.equal(new Set(evidence).size, evidence.length, `${id}: each trial once`)
      if (verdict === 'depends') assert.ok(boundary, id)
    }
  }
}
