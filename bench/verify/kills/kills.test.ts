/** The harness under SIGKILL, a tenth as often as `npm run verify:harness`; and that each kind of harm would be seen. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { QUICK_HARNESS } from '../../testing/cli.ts'
import { linuxProcesses } from '../../testing/needs.ts'
import { type Kept, losses, toldFinished } from './killed-run.ts'
import { killRepeatedly } from './kills.ts'

function homeFor(t: TestContext): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'authscale-kills-'))
  t.after(() => rmSync(home, { recursive: true }))
  return home
}

test('killed ten times at random moments, a harness leaves nothing running and loses nothing', async (t) => {
  const report = await killRepeatedly({
    ...{ home: homeFor(t), kills: 10, seed: 5, withinMs: 3_500, blocks: 1 },
    command: QUICK_HARNESS,
    signal: t.signal,
    log: (line) => t.diagnostic(line),
  })
  assert.deepEqual(report.faults, [])
  assert.equal(report.kills, 10)
  assert.ok(report.runs >= 1, 'the last run is complete')
  assert.ok(report.resumes >= 1)
})

test('what a killed harness leaves running is seen and ended', {
  skip: linuxProcesses,
}, async (t) => {
  const code = `
    require('child_process').spawn('sleep', ['61'], { detached: true, stdio: 'ignore' })
    console.log('9 trials into nowhere')
    setInterval(() => {}, 1000)`
  const seen = new AbortController()
  const { faults } = await killRepeatedly({
    ...{ home: homeFor(t), kills: 9, seed: 1, withinMs: 2_000, blocks: 1 },
    command: [process.execPath, '-e', code, '--'],
    signal: seen.signal,
    log: (line) => /^fault/.test(line) && seen.abort(),
  })
  assert.deepEqual(faults, ['still running after 5 s: sleep 61'])
})

const [one, two] = ['cost/none@0', 'cost/jwt-hs256@0']
const kept = (...ids: string[]): Kept => ({
  plan: [one, two],
  lines: ids.map((id) => `{"trial":"${id}"}`),
  results: ids.map((id) => ({ id, ok: true })),
})

for (const [what, after, told, harm] of [
  ['nothing', kept(one, two), [two], []],
  ['a plan', { ...kept(one, two), plan: [two, one] }, [], ['the plan is another one']],
  [
    'all',
    { plan: null, lines: [], results: [] },
    [],
    ['the plan is another one', /^line 1 .* is not what it was/],
  ],
  ['a byte', { ...kept(one, two), lines: ['{"trial": "x"}', ''] }, [], [/^line 1 .* is not what it was/]],
  ['a trial', kept(one), [two], [/^cost\/jwt-hs256@0 was told to be finished, and is lost/]],
  ['time', kept(one, two, one), [], [/^cost\/none@0 was measured again although it was valid/]],
] as const satisfies [string, Kept, string[], (string | RegExp)[]][])
  test(`a harness that loses ${what} has ${harm.length === 0 ? 'no fault' : 'that fault'}`, () => {
    const seen = losses(kept(one), after, told)
    assert.equal(seen.length, harm.length, seen.join())
    for (const [i, expected] of harm.entries()) assert.match(seen[i] ?? '', new RegExp(expected))
  })

test('what a user was told is read as it is printed', () => {
  const stdout = `3 trials into results/x
❯ cost: 3 trials
› [1/3, 10 s left] ${one}: 10,412 requests/s, 55 µs of replica CPU each
› [2/3, 2 min left] ${two}: rejected: rejected by the gate steal
`
  assert.deepEqual(toldFinished(stdout), [one, two])
})
