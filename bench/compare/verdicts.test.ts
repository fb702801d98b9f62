/** Tables of claims over runs: machine by machine, every run in sight, and none that another machine made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarize } from '../report/summarize.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { byMachine, claimsByRun, claimsTable, type JudgedRun } from './verdicts.ts'

function judged(id: string, options: SyntheticOptions = {}, cpuModel = 'Example CPU'): JudgedRun {
  const { run, results } = syntheticRun({ experiments: ['users'], ...options })
  const { claims } = summarize(run, results)
  const environment = { ...run.environment, cpuModel }
  return { run: { ...run, id, startedAt: `${id.slice(0, 10)}T00:00:00.000Z`, environment }, claims }
}

/** Tokens that take memory for each user: the claim does not hold. */
const GROWING = { model: { 'jwt-hs256': { userBytes: 900 } } }
const place = ({ id }: { id: string }) => `published/${id}/report.md#claims`
const rowOf = (text: string, start: string) => text.split('\n').find((line) => line.startsWith(start)) ?? ''

test('runs of another machine have a table of their own, and change no verdict', () => {
  const machines = byMachine([
    judged('2026-01-01-example-2-cores'),
    judged('2026-01-03-other-2-cores', GROWING, 'Other CPU'),
    judged('2026-01-02-example-2-cores'),
  ])
  assert.deepEqual(
    machines.map(({ machine, runs }) => [machine, runs.map(({ label }) => label)]),
    [
      ['Other CPU, 2 cores', ['2026-01-03']],
      ['Example CPU, 2 cores', ['2026-01-02', '2026-01-01']],
    ],
  )
  const text = claimsByRun(machines, place).join('\n')
  const rows = text.split('\n').filter((line) => line.startsWith('| `memory-per-user`'))
  assert.deepEqual(rows, [
    '| `memory-per-user` | **refuted** | refuted |  |',
    '| `memory-per-user` | **supported** | supported | supported |  |',
  ])
})

test('runs of one day are told apart by their numbers, and each leads to what it says', () => {
  const text = claimsByRun(
    byMachine(['', '-2', '-aa'].map((end) => judged(`2026-01-02-example-2-cores${end}`))),
    place,
  ).join('\n')
  const head = rowOf(text, '| claim |')
  for (const label of ['2026-01-02', '2026-01-02-2', '2026-01-02-aa'])
    assert.ok(head.includes(`[${label}](`), head)
  assert.match(head, /\[2026-01-02-2\]\(published\/2026-01-02-example-2-cores-2\/report\.md#claims\)/)
})

test('runs that contradict each other are named with what they say; one that measured nothing is named too', () => {
  const [machine] = byMachine([
    judged('2026-01-01-example-2-cores'),
    judged('2026-01-02-example-2-cores', GROWING),
    judged('2026-01-03-example-2-cores', { experiments: ['login'] }),
  ])
  assert.ok(machine)
  assert.deepEqual(machine.without, ['2026-01-03-example-2-cores'])
  const row = rowOf(claimsTable(machine, place), '| “for every user that logs')
  assert.match(
    row,
    /\| \*\*inconclusive\*\* \| supported: \[2026-01-01\]\(.*\); refuted: \[2026-01-02\]\(.*\) \|/,
  )
  assert.match(row, /runs contradict each other: refuted in 2026-01-02 and supported in 2026-01-01/)
  assert.match(claimsByRun([machine], place)[0] ?? '', /measured by `2026-01-03-example-2-cores`/)
  const [, , why] = claimsByRun([machine], place)
  assert.match(
    why ?? '',
    /<details>[\s\S]*^- `server-resources`, 2026-01-02 and 2026-01-01: this run has nothing from the experiment `cost`\.$/m,
  )
})
