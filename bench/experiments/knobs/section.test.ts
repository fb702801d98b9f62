/** What a report says about tunings whose worth is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { syntheticKnobs } from '../../testing/knobs.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'

const WORTH = {
  'knobs/session-redis/touch-off': -30,
  'knobs/session-redis/auto-pipelining-on': -12,
  'knobs/jwt-rs256/key-as-PEM': 45,
}

async function report(...options: Parameters<typeof syntheticKnobs>) {
  const { run, results } = await syntheticKnobs(...options)
  const files = renderReport(run, summarize(run, results))
  return { svg: files['charts/knobs.svg'] ?? '', text: files['report.md'] ?? '' }
}

const titleOf = (svg: string) => /<title>(.*?)<\/title>/.exec(svg)?.[1] ?? ''
/** The part of the report between two headings. */
const section = (text: string) => /## What each tuning is worth[\s\S]*?(?=\n## )/.exec(text)?.[0] ?? ''

test('the title names what saves most and what costs most, the algorithms too', async () => {
  const { svg } = await report(WORTH)
  assert.match(
    titleOf(svg),
    /^Touch off \(session-redis\) saves [23]\d\.\d µs of CPU a request, jwt-eddsa instead of jwt-hs256 costs 12\d µs$/,
  )
})

test('every tuning has a row with its words below its scheme; ~ where nothing was detected', async () => {
  const { svg, text } = await report(WORTH)
  for (const words of ['touch off', 'key as PEM', 'node 26', 'proxy reuse never', 'denylist believed 1 s'])
    assert.ok(svg.includes(words), words)
  const table = section(text)
  const row = (scheme: string, variant: string) =>
    table.split('\n').find((line) => line.startsWith(`| ${scheme} | ${variant} |`)) ?? assert.fail(variant)
  assert.match(row('session-redis', 'touch-off'), /\| knobs\/session-redis \|.*\| −[23]\d\.\d \(/)
  assert.match(row('jwt-rs256', 'key-as-PEM'), /\| \+4\d\.\d \(/)
  assert.match(row('jwt-hs256', 'node-20'), /\| ~ \S+ \([^|]*, p [^|]*\) \|$/)
  assert.match(row('jwt-es256', '–'), /\| jwt-hs256 \|/)
})

test('the prices of tunings and the versions that served are told', async () => {
  const text = section((await report({})).text)
  assert.match(text, /`touch-off`: a session ends one lifetime after its login/)
  assert.match(text, /`denylist-believed-1-s`: .* up to 1 s after its logout/)
  assert.match(text, /Node 20\.20\.2 and 26\.10\.0 beside v24\.21\.0/)
})

test('what near caches answer is told by users and popularity, and only of schemes that have one', async () => {
  const missShare = { 'knobs/session-redis-cached/users-60000': 0.25 }
  const lines = section((await report({}, {}, missShare)).text)
    .split('\n')
    .filter((line) => /zipf:|uniform/.test(line))
  assert.deepEqual(lines, [
    '| knobs/session-redis-cached | 1000 | zipf:0.8 | 100 % (100 % to 100 %) |',
    '| knobs/session-redis-cached/users-60000 | 60000 | zipf:0.8 | 75 % (75 % to 75 %) |',
    '| knobs/session-redis-cached/users-60000-all-alike | 60000 | uniform | 100 % (100 % to 100 %) |',
  ])
})

test('a smoke run is no finding, and a run without the experiment has no section', async () => {
  const smoke = await report(WORTH, { blocks: 1, profile: 'smoke' })
  assert.match(smoke.svg, /SMOKE RUN/)
  assert.equal(titleOf(smoke.svg), 'No tuning made a difference that can be told from noise')
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const files = renderReport(run, summarize(run, results))
  assert.equal(section(files['report.md'] ?? ''), '')
  assert.equal(files['charts/knobs.svg'], undefined)
})
