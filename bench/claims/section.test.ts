/** How a report opens with the claims, for what a run can say about them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../report/index.ts'
import { summarize } from '../report/summarize.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { ledger } from './ledger.ts'

const constant = (scheme: string) => (scheme === 'session-redis' ? 450 : scheme === 'none' ? 150 : 250)

function reportOf(options: SyntheticOptions = {}, costUs = constant): string {
  const { run, results } = syntheticRun(options)
  const turns = withTurns(results, costUs, { hostSd: 0.03, turnSd: 0.01, habit: 0.005 })
  return renderReport(run, summarize(run, turns))['report.md'] ?? ''
}

/** From the heading to the next one. */
const section = (report: string) => /^## Claims\n[\s\S]*?(?=^## )/m.exec(report)?.[0] ?? ''

test('the section comes before every other, with verdict, figures, interval and n', () => {
  const report = reportOf()
  assert.match(report.split('\n').find((line) => line.startsWith('## ')) ?? '', /^## Claims$/)
  assert.match(
    section(report),
    /^\| “sessions can use a lot [^|]*” \| \*\*supported\*\* here \| Of the CPU that `jwt-hs256` adds to a request `session-redis` adds [23]\.\d+ times \(.* to .*\) at 100\/s .*\. \|$/m,
  )
  assert.match(
    section(report),
    /\*\*depends\*\* here \| .*\. It depends on whether a logout has to end a token at once/,
  )
})

test('every claim of the ledger is there once, decided or not, and its thresholds are folded', () => {
  const text = section(reportOf())
  const [open = '', folded = ''] = text.split('<details>')
  for (const { id, supportedIf, refutedIf } of ledger) {
    assert.ok(folded.includes(`| ${id} |`), id)
    assert.ok(folded.includes(` ${supportedIf} | ${refutedIf} |`), id)
  }
  const decided = open.split('\n').filter((line) => line.includes('** here |')).length
  const commands = open.split('\n').filter((line) => line.startsWith('- `')).length
  assert.equal(decided + commands, ledger.length)
})

test('what a run does not decide has its reason and a command, in one line', () => {
  assert.match(
    section(reportOf({ experiments: ['cost'] })),
    /^- `memory-per-user`: this run has nothing from the experiment `users`\. Decided by `npm run bench -- --only users .*`\.$/m,
  )
})

test('a smoke run says once that it decides nothing', () => {
  const text = section(reportOf({ profile: 'smoke', blocks: 1 }))
  assert.match(text, /^A smoke run decides none of the 18 claims\.$/m)
  assert.doesNotMatch(text.split('<details>')[0] ?? '', /npm run|\|/)
})
