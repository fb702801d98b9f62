/** A run of every released version and shape of the record opens, reports, has a page, and compares with each other one. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { comparability, isComparable } from '../compare/differences.ts'
import { comparisons, markdownComparison, terminalComparison } from '../compare/text.ts'
import { runWithRows } from '../figures/rows.ts'
import { buildPage } from '../page/build.ts'
import { renderReport } from '../report/index.ts'
import { summarySchema } from '../report/schema.ts'
import { summarize } from '../report/summarize.ts'
import { terminalTable } from '../report/terminal.ts'
import { RUN_FILE, readRun } from './run-dir.ts'
import { SCHEMA_VERSION } from './schema/basics.ts'
import { runSchema } from './schema/run.ts'
import { trialResultSchema } from './schema/trial.ts'
import { PACKED_TRIALS_FILE } from './trial-log.ts'

const folder = new URL('fixtures/', import.meta.url).pathname

/**
 * By folder: trimmed from published runs, a few trials each, as their version wrote them. What sets apart those of one version
 * is what they hold beside the closed loop: settings, quotas and handshakes; what was observed and examined; turns.
 */
const FIXTURES = ['1', '2', '3', '3-observed', '3-turns']

const textOf = (fixture: string, file: string) => readFileSync(join(folder, fixture, file))
const rawRun = (fixture: string) => JSON.parse(textOf(fixture, RUN_FILE).toString())
const rawTrials = (fixture: string) =>
  gunzipSync(textOf(fixture, PACKED_TRIALS_FILE)).toString().trim().split('\n')

async function opened(fixture: string) {
  const { run, results, damage } = await readRun(join(folder, fixture))
  assert.equal(damage, null)
  return { ...runWithRows(run, results), results }
}

test('there is one of each version that was released, and of nothing else', () => {
  assert.deepEqual(readdirSync(folder).sort(), FIXTURES)
  const versions = FIXTURES.map((fixture) => rawRun(fixture).schemaVersion)
  const released = Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1)
  assert.deepEqual([...new Set(versions)].sort(), released, 'a new version of the record has a fixture too')
  for (const fixture of FIXTURES) {
    assert.equal(String(rawRun(fixture).schemaVersion), fixture.charAt(0))
    for (const line of rawTrials(fixture))
      assert.equal(JSON.parse(line).schemaVersion, rawRun(fixture).schemaVersion)
  }
})

test('what sets those of one version apart is in them', async () => {
  const [closed, observed, turns] = await Promise.all(FIXTURES.slice(2).map(opened))
  const has = (of: typeof closed, what: (result: NonNullable<typeof closed>['results'][number]) => unknown) =>
    of?.results.some((result) => Boolean(what(result)))
  assert.ok(
    has(closed, ({ trial }) => trial.arm.quotas) && has(closed, ({ trial }) => trial.arm.settings.tls),
  )
  assert.ok(
    has(closed, ({ measurement }) => measurement?.journeys) && has(closed, ({ rungs }) => rungs.length > 0),
  )
  assert.ok(has(observed, ({ measurement }) => measurement?.observed))
  assert.ok(has(observed, ({ measurement }) => measurement?.examined))
  assert.ok(has(turns, (result) => result.ok && result.turns))
  for (const one of [closed, observed]) assert.ok(!has(one, (result) => result.ok && result.turns))
})

for (const fixture of FIXTURES) {
  test(`${fixture}: opens whole, in the present form`, async () => {
    const { run, results } = await opened(fixture)
    assert.equal(run.schemaVersion, SCHEMA_VERSION)
    assert.deepEqual(runSchema.parse(run), run)
    const lines = rawTrials(fixture)
    assert.equal(results.length, lines.length)
    assert.deepEqual(new Set(results.map(({ trial }) => trial.id)), new Set(run.plan.map(({ id }) => id)))
    for (const [i, result] of results.entries()) {
      assert.deepEqual(trialResultSchema.parse(result), result)
      const { measurement } = JSON.parse(lines[i] ?? '')
      assert.equal(result.measurement?.throughputPerSec, measurement?.throughputPerSec)
    }
  })

  test(`${fixture}: has a summary, a report, a table and a page`, async () => {
    const { run, results } = await opened(fixture)
    const summary = summarize(run, results)
    assert.deepEqual(summarySchema.parse(summary), summary)
    const cost = summary.arms.filter(({ arm }) => arm.experiment === 'cost')
    for (const { metrics } of cost) assert.ok((metrics['cpuUsPerRequest.total']?.value ?? 0) > 0)
    const files = renderReport(run, summary)
    assert.match(files['report.md'] ?? '', /session-redis/)
    assert.match(terminalTable(summary, run), /jwt-hs256/)
    const page = await buildPage(run, summary, results)
    assert.match(page, new RegExp(`<title>[^<]*${run.id}`))
  })
}

test('each compares with each: ratios of what both have, or why they say nothing of the code', async () => {
  const runs = await Promise.all(FIXTURES.map(opened))
  for (const [i, base] of runs.entries()) {
    const compared = comparisons([base, ...runs])
    assert.equal(compared.length, FIXTURES.length)
    for (const [j, one] of compared.entries()) {
      const pair = `${FIXTURES[i]} and ${FIXTURES[j]}`
      assert.ok(one.ratios.length > 0, pair)
      // Between any two of them the machine, the rules or the load changed.
      assert.equal(isComparable(one.differences), i === j, pair)
      assert.match(comparability(one.differences), i === j ? /^Comparable: / : /^Not comparable/, pair)
      for (const { ratio } of one.ratios)
        if (i === j && ratio) assert.ok(Math.abs(ratio.value - 1) < 1e-9, pair)
      assert.match(terminalComparison(one), /session-redis/, pair)
      assert.match(markdownComparison(one), /session-redis/, pair)
    }
  }
})
