/** What readers see in the report and the terminal, for each outcome that a run can have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { TrialResult } from '../types.ts'
import { figure } from './format.ts'
import { renderReport, renderTerminal } from './index.ts'
import { type SyntheticOptions, syntheticRun } from './synthetic-run.ts'

function texts(options: SyntheticOptions = {}): { report: string; terminal: string } {
  const { run, results } = syntheticRun({ experiments: ['cost'], ...options })
  return { report: renderReport(run, results)['report.md'] ?? '', terminal: renderTerminal(run, results) }
}

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
    assert.doesNotMatch(terminal, /…/, 'no cell is cut')
    for (const sign of ['~', '–', '*', '†', '‡', '§']) {
      const used = terminal.split('\n').some((line) => line.includes(sign) && !line.startsWith(sign))
      if (used) assert.match(terminal, new RegExp(`^\\${sign} \\w`, 'm'), `${sign} is explained`)
    }
  }
})

test('colour only when asked for, and then only in headings', () => {
  const { run, results } = syntheticRun()
  const plain = renderTerminal(run, results)
  const colored = renderTerminal(run, results, { color: true })
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

test('an undetected difference is printed as ~ with its interval', () => {
  const equal = (result: TrialResult): TrialResult => {
    if (!result.ok || result.trial.arm.id !== 'cost/jwt-cookie') return result
    const { measurement } = result
    return {
      ...result,
      measurement: { ...measurement, cpuUsPerRequest: { ...measurement.cpuUsPerRequest, replicas: 50 } },
    }
  }
  const { report, terminal } = texts({ change: equal })
  assert.match(report, /\| jwt-cookie \|.*\| ~ \(−?[\d.]+ to [\d.]+\) \|/)
  assert.match(report, /for `jwt-cookie` no difference was detected/)
  assert.match(terminal, /^jwt-cookie .* ~ /m)
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
      result.trial.id === 'cost/jwt-hs256@1'
        ? {
            schemaVersion: 1,
            trial: result.trial,
            startedAt: result.startedAt,
            ok: false,
            reason: '2 wrong | answers',
          }
        : result,
  })
  const report = renderReport(run, results.slice(0, -3))['report.md'] ?? ''
  assert.match(report, /\*\*Incomplete:\*\* 51 of 55 trials measured, 1 rejected, 3 not measured yet\./)
  assert.match(report, /\| cost\/jwt-hs256@1 \| 2 wrong \\\| answers \|/)
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
    change: (result) =>
      result.trial.arm.scheme === 'none'
        ? { schemaVersion: 1, trial: result.trial, startedAt: result.startedAt, ok: false, reason: 'lost' }
        : result,
  })
  assert.match(report, /The control was not measured twice, so no difference here can be called real\./)
  assert.match(report, /\| none \| – \| – \| – \| – \| – \| – \|/)
})
