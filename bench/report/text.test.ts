/** What readers see in the report and the terminal, for each outcome that a run can have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { TrialResult, Warning } from '../record/types.ts'
import { type LadderOptions, syntheticLadders } from '../testing/synthetic-ladders.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { figure } from '../words/format.ts'
import { renderReport } from './index.ts'
import { summarize } from './summarize.ts'
import { terminalTable } from './terminal.ts'

function texts(options: SyntheticOptions = {}): { report: string; terminal: string } {
  const { run, results } = syntheticRun({ experiments: ['cost'], ...options })
  const summary = summarize(run, results)
  return { report: renderReport(run, summary)['report.md'] ?? '', terminal: terminalTable(summary, run) }
}

/** A record without a measurement. */
const failed = (result: TrialResult, reason: string, rejectedBy: Warning[] = []): TrialResult => ({
  schemaVersion: result.schemaVersion,
  trial: result.trial,
  startedAt: result.startedAt,
  ok: false,
  reason,
  rejectedBy,
  measurement: rejectedBy.length > 0 ? result.measurement : null,
  rungs: [],
})

const saturated = (result: TrialResult): TrialResult =>
  result.ok && result.trial.arm.id === 'cost/none'
    ? { ...result, measurement: { ...result.measurement, warnings: ['generator-saturated'] } }
    : result

test('figures: three significant digits, thousands grouped, one digit of precision for what stands together', () => {
  const cases: [number, number | undefined, string][] = [
    [0, undefined, '0'],
    [19_640, undefined, '19,600'],
    [1_234_567, undefined, '1,230,000'],
    [148.26, undefined, '148'],
    [61.27, undefined, '61.3'],
    [5.129, undefined, '5.13'],
    [0.03123, undefined, '0.0312'],
    [-9.69, 11.6, '−9.7'],
    [-0.0001, 2, '0'],
  ]
  for (const [value, scale, expected] of cases) assert.equal(figure(value, scale), expected)
})

test('the terminal table fits 80 columns in every outcome, and explains each sign that it uses', () => {
  const outcomes: SyntheticOptions[] = [
    {},
    { noise: 0.13, change: saturated },
    { profile: 'smoke', blocks: 1 },
    { cores: 8 },
  ]
  for (const options of outcomes) {
    const { terminal } = texts({ experiments: ['cost', 'replicas', 'users'], ...options })
    for (const line of terminal.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`)
    // Quotations leave words out too.
    const tables = terminal.slice(
      0,
      terminal.search(/^(supported|refuted|depends|inconclusive|A smoke run)/m),
    )
    assert.doesNotMatch(tables, /…/, 'no cell is cut')
    for (const sign of ['~', '–', '*', '†', '‡', '§']) {
      const used = terminal.split('\n').some((line) => line.includes(sign) && !line.startsWith(sign))
      if (used) assert.match(terminal, new RegExp(`^\\${sign} \\w`, 'm'), `${sign} is explained`)
    }
  }
})

test('colour only when asked for, and then only in headings and verdicts', () => {
  const { run, results } = syntheticRun()
  const summary = summarize(run, results)
  const plain = terminalTable(summary, run)
  const colored = terminalTable(summary, run, { color: true })
  assert.equal(stripVTControlCharacters(plain), plain)
  assert.notEqual(colored, plain)
  assert.equal(stripVTControlCharacters(colored), plain)
})

test('a saturated generator: a lower bound with a mark and the sentence, no ratio against it', () => {
  const { report, terminal } = texts({ change: saturated })
  for (const text of [report, terminal]) {
    assert.match(text, /none .*≥ [\d,]+.* †/)
    assert.match(
      text.replace(/\s+/g, ' '),
      /† the generator or the proxy had no CPU left: this is what the load could bring/,
    )
    assert.doesNotMatch(text, /without auth it served/)
  }
  assert.match(report, /\| jwt-hs256 \| [^|]+ \| – \|/)
  assert.match(report, /generator-saturated \| .* \| cost\/none/)
})

test('an undetected difference keeps its estimate behind ~, with its interval and p', () => {
  const equal = (result: TrialResult): TrialResult => {
    if (!result.ok || result.trial.arm.id !== 'cost/jwt-cookie') return result
    const { measurement } = result
    return {
      ...result,
      measurement: { ...measurement, cpuUsPerRequest: { ...measurement.cpuUsPerRequest, replicas: 50 } },
    }
  }
  const { report, terminal } = texts({ change: equal })
  assert.match(
    report,
    /\| jwt-cookie \|.*\| ~ [+−]?[\d.]+ \(−?[\d.]+ to −?[\d.]+, p [\d.]+; from \+[\d.]+\) \|/,
  )
  assert.match(report, /for `jwt-cookie` no difference was detected/)
  assert.match(report, /^~ no difference detected: what follows it may be chance; from: the smallest effect/m)
  assert.match(terminal, /^jwt-cookie .* ~ [+−]?\d+ \(from \d+\) /m)
})

test('a smoke run opens with what it is', () => {
  const { report, terminal } = texts({ profile: 'smoke', blocks: 1 })
  const sentence = /This is a smoke run: it shows that everything works, and is never a published figure\./
  assert.match(report.split('\n')[2] ?? '', sentence)
  assert.match(terminal.replace(/\s+/g, ' '), sentence)
})

test('rejected and missing trials are named, with the reason', () => {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    change: (result) =>
      result.trial.id === 'cost/jwt-hs256@1' ? failed(result, '2 wrong | answers') : result,
  })
  const report = renderReport(run, summarize(run, results.slice(0, -3)))['report.md'] ?? ''
  assert.match(report, /\*\*Incomplete:\*\* 51 of 55 trials measured, 1 rejected, 3 not measured yet\./)
  assert.match(report, /\| 1 \| 2 wrong \\\| answers \| cost\/jwt-hs256@1 \|/)
})

test('shared cores: no efficiency is printed; cores of their own: one is', () => {
  assert.match(
    texts({ experiments: ['replicas'] }).report,
    /\| jwt-hs256 \| 4 \|.*\| n\/a \(replicas share a core\) \|/,
  )
  assert.match(
    texts({ cores: 8, experiments: ['replicas'] }).report,
    /\| jwt-hs256 \| 4 \|.*\| \d+ % \(\d+ to \d+\) \|/,
  )
})

test('without controls the report says why nothing is called real', () => {
  const { report } = texts({
    change: (result) => (result.trial.arm.scheme === 'none' ? failed(result, 'lost') : result),
  })
  assert.match(report, /The control was not measured twice, so no difference here can be called real\./)
  assert.match(report, /\| none \| – \| – \| – \| – \| – \| – \|/)
})

function ladderTexts(options: LadderOptions = {}): { report: string; terminal: string; opening: string } {
  const { run, results } = syntheticLadders({ schemes: ['none', 'jwt-hs256', 'jwt-eddsa'], ...options })
  const summary = summarize(run, results)
  const report = renderReport(run, summary)['report.md'] ?? ''
  return {
    report,
    terminal: terminalTable(summary, run),
    opening: report.split('\n')[2] ?? '',
  }
}

test('a ladder: capacity with what limits it, and p99 beside the utilization at which it was taken', () => {
  const { report, terminal, opening } = ladderTexts()
  assert.match(
    opening,
    /arrival rate up to which one replica kept it was between 4,\d{3}\/s \(`jwt-eddsa`\) and 1\d,\d{3}\/s \(`jwt-hs256`\)/,
  )
  assert.match(
    opening,
    /At 4,000 arrivals\/s, p99 was from below 1 ms \(`jwt-hs256`, replica 3\d % busy\) to [\d.]+ ms \(`jwt-eddsa`, replica 8\d % busy\)/,
  )
  assert.match(report, /\| jwt-eddsa \| 4,\d{3}[^|]*\| the SLO, broken at [45],\d{3}\/s \| 2,000 \|/)
  assert.match(report, /\| 4,000\/s: p50, ms \| p99, ms \| replica busy \|/)
  assert.match(
    report,
    /half of the windows keep the SLO, from all of them in a block; the search ends in steps of 9 %/,
  )
  assert.match(terminal, /^jwt-eddsa +4,\d{3} +2,000 .* 8\d %$/m)
})

test('no latency of a closed loop is printed', () => {
  const { report, terminal } = texts({ experiments: ['cost', 'replicas', 'users'] })
  // The claims name the quantile that they are about.
  const figures = report.replace(/^## Claims$[\s\S]*?<\/details>/m, '')
  for (const text of [figures, terminal]) assert.doesNotMatch(text, /p50|p99/)
})

test('a run without ladders says that it has no response times', () => {
  assert.match(texts().report, /Response times: this run has no open loop/)
})

test('the load was the limit: at least, and by which rule at what rate', () => {
  const { report, opening, terminal } = ladderTexts({ loadLimitPerSec: 8_000 })
  assert.match(opening, /and at least 7,340\/s \(`jwt-hs256`\)/)
  assert.match(report, /\| jwt-hs256 \| ≥ 7,340 \| the load: generator-saturated at 8,000\/s \|/)
  assert.match(report, /\| 8,000 \| generator-saturated \| \d+ \| none, jwt-hs256 and jwt-eddsa \|/)
  assert.match(terminal, /^jwt-hs256 +≥ 7,340 /m)
  assert.match(terminal, /^≥ at least: no rate sent near it broke the SLO$/m)
})

test('no rate broke the SLO: at least the highest', () => {
  const { report, opening } = ladderTexts({ ratesPerSec: [500, 1_000, 2_000] })
  assert.match(opening, /at least 2,000\/s/)
  assert.match(report, /\| jwt-eddsa \| ≥ 2,000 \| nothing: no rate broke the SLO \|/)
  assert.match(report, /the rates were named/)
})

test('no rate keeps the SLO: no number, and words for it', () => {
  const { report, opening, terminal } = ladderTexts({ floorUs: 60_000 })
  assert.match(
    opening,
    /The SLO is p99 ≤ 50 ms, errors ≤ 0\.1 %; with `jwt-hs256` and `jwt-eddsa` no arrival rate kept it\./,
  )
  assert.match(report, /\| jwt-eddsa \| – \| no rate kept the SLO \|/)
  assert.match(terminal, /^jwt-eddsa +– /m)
})

test('one rate: its latency, and no capacity', () => {
  const { report, opening } = ladderTexts({ ratesPerSec: [2_000] })
  assert.match(opening, /a single rate was measured, which tells no capacity/)
  assert.match(report, /\| jwt-eddsa \| – \| one rate tells no capacity \| – \|/)
  assert.match(report, /\| 2,000\/s: p50, ms \| p99, ms \| replica busy \|/)
  assert.doesNotMatch(report, /^## Demand/m)
})

test('rules rejected everything: not measured, with the rule', () => {
  const { report, opening, terminal } = ladderTexts({ loadLimitPerSec: 1 })
  assert.match(opening, /with `jwt-hs256` and `jwt-eddsa` nothing valid was measured/)
  assert.match(report, /\| jwt-eddsa \| – \| not measured: generator-saturated \|/)
  for (const line of terminal.split('\n')) assert.ok(line.length <= 80, line)
})

test('rejected trials are counted by reason, and figures with and without them compared', () => {
  /** Every trial of one scheme rejected once, with its throughput times `factor`, and then repeated. */
  const rejecting = (factor: number) => {
    const { run, results } = syntheticRun({ experiments: ['cost'] })
    const all = results.flatMap((result) => {
      if (!result.ok || result.trial.arm.id !== 'cost/jwt-hs256') return [result]
      const { measurement } = result
      const other = { ...measurement, throughputPerSec: factor * measurement.throughputPerSec }
      return [failed({ ...result, measurement: other }, 'rejected by the gate steal', ['steal']), result]
    })
    return renderReport(run, summarize(run, all))['report.md'] ?? ''
  }
  assert.match(rejecting(1), /\| 5 \| rejected by the gate steal \| cost\/jwt-hs256@0, .* and 2 more \|/)
  assert.match(rejecting(1), /the rejections did not make the result\./)
  assert.match(rejecting(3), /\*\*Warning:\*\* 1 of these 2 figures would differ with the rejected trials/)
  assert.match(rejecting(3), /\| cost\/jwt-hs256 \| throughputPerSec, requests\/s \|.*\| \*\*no\*\* \|/)
  assert.match(rejecting(3), /rejects-matter \|/)
})

test('the rules, the blocks and the own error are all there', () => {
  const { run, results } = syntheticLadders({ schemes: ['none'] }, false)
  const report = renderReport(run, summarize(run, results))['report.md'] ?? ''
  assert.match(report, /\| generator-saturated \| 0\.95 cores \| no throughput \| rejected \|/)
  assert.match(
    report,
    /SLO: p99 ≤ 50 ms, errors ≤ 0\.1 %\. A rejected trial is kept, and measured again at most twice/,
  )
  assert.match(report, /\| latency \| 2 \| 2 \| no \|/)
  assert.match(report, /\| throughput \| [\d.]+ \([\d.]+ to [\d.]+\) \| – \| [\d.]+ % \|/)
  assert.match(report, /\| jwt-hs256 \| < 0\.001 \| [\d.]+ \| < 0\.001 \| ± \d+ % \| 5 \|/)
})
