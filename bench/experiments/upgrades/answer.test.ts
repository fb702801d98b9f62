/** What a report says first of other versions: what was put into a made-up run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { terminalTable } from '../../report/terminal.ts'
import { syntheticUpgrades } from '../../testing/synthetic-upgrades.ts'
import type { Upgrade } from '../experiment.ts'
import { upgradesSoFar } from './answer.ts'

const withRedis = (version: string): Upgrade => ({
  scheme: 'session-redis',
  settings: { packages: { 'connect-redis': version } },
})
const TWO = [withRedis('8.0.0'), withRedis('9.0.0')]

async function firstSentence(...of: Parameters<typeof syntheticUpgrades>) {
  const { run, results } = await syntheticUpgrades(...of)
  const report = renderReport(run, summarize(run, results))['report.md'] ?? ''
  return /^(?!#).+$/m.exec(report)?.[0] ?? ''
}

test('a dearer version is slower at each rate, by what was put in', async () => {
  const text = await firstSentence(TWO, { 'connect-redis=9.0.0': 1.3 })
  assert.match(text, /^connect-redis 9\.0\.0 against 8\.0\.0 in `session-redis`: CPU a request \+/)
  assert.match(text, / at 100\/s, .* at 500\/s and .* at saturation, without handler work: slower\. /)
  const [, value = '', lo = '', hi = ''] = /\+([\d.]+) % \(([\d.]+) to ([\d.]+)\) at 500\/s/.exec(text) ?? []
  assert.ok(Number(lo) <= 30 && 30 <= Number(hi), text)
  assert.ok(Number(value) > 20 && Number(value) < 40, text)
})

test('a cheaper one is faster; equal ones have no winner, but the smallest difference that would have been seen', async () => {
  assert.match(await firstSentence(TWO, { 'connect-redis=9.0.0': 0.7 }), /CPU a request −.*: faster\. /)
  const equal = await firstSentence(TWO, {})
  assert.match(
    equal,
    /CPU a request ~ \S+ % \(.*: no difference detected \(smallest detectable [\d.]+ to [\d.]+ %\)\. /,
  )
  assert.doesNotMatch(equal, /slower|faster/)
})

test('one that is compared with its scheme as it is names the version that the run had, and Node its own', async () => {
  const jose: Upgrade = {
    scheme: 'jwt-hs256',
    settings: { packages: { jose: '6.0.0', 'fast-jwt': '6.0.0' } },
  }
  const node: Upgrade = { scheme: 'session-redis', settings: { node: '22' } }
  const { run, results } = await syntheticUpgrades([jose, node], {})
  run.environment.otherRuntimes = { 22: { ...run.environment.runtime, node: '22.23.3' } }
  const report = renderReport(run, summarize(run, results))['report.md'] ?? ''
  assert.match(
    report,
    /fast-jwt 6\.0\.0 against the locked one and jose 6\.0\.0 against 6\.2\.18 in `jwt-hs256`/,
  )
  assert.match(report, /Node 22\.23\.3 against 24\.21\.0 in `session-redis`/)
})

test('the terminal and the run itself say the same; costs of schemes are none of it', async () => {
  const { run, results } = await syntheticUpgrades(TWO, { 'connect-redis=9.0.0': 1.3 })
  const found = summarize(run, results)
  assert.deepEqual(found.costCurves.curves, [])
  const oneLine = (text: string) => text.replace(/\s+/g, ' ')
  for (const profile of ['quick', 'standard'] as const)
    assert.match(
      oneLine(terminalTable({ ...found, profile }, { ...run, profile })),
      /connect-redis 9\.0\.0 against 8\.0\.0 in session-redis: CPU a request \+.*: slower\./,
    )
  assert.match(oneLine(upgradesSoFar(run, results)), /against 8\.0\.0 in session-redis: .*: slower\.$/)
  assert.equal(upgradesSoFar(run, []), '')
})

test('too few turns say what to ask for, and what is too busy at each rate is told at saturation', async () => {
  const few = await firstSentence(TWO, {}, { trials: 1, passes: 1 })
  assert.match(
    few,
    /^connect-redis 9.* too few turns at any rate, so ask for lower rates \(--rates\) or more/,
  )
  const busy = await firstSentence(TWO, { 'connect-redis=9.0.0': 30 })
  assert.match(busy, /CPU a request \+[^)]*\) at saturation, without handler work: slower\. /)
})
