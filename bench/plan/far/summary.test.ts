/** The section on far scale says what follows from the records, marks where they end, and is a sentence without them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawings } from '../../report/charts.ts'
import { renderReport } from '../../report/index.ts'
import { markdownReport } from '../../report/markdown.ts'
import { type Summary, summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { syntheticLadders } from '../../testing/synthetic-ladders.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { toSvg } from '../../words/charts/svg.ts'
import { short } from '../../words/format.ts'
import { count } from '../text.ts'
import { farScale, LOADS } from './summary.ts'

const schemes = ['none', 'session-memory', 'session-redis', 'session-redis-tuned', 'jwt-hs256'] as const
const { run, results } = syntheticLadders({ blocks: 6, schemes, closed: { blocks: 6 } }, false)
const summary = summarize(run, results)

function sectionOf(over: Partial<Summary> = {}): { text: string; svg: string | undefined } {
  const changed = { ...summary, ...over }
  const drawn = drawings(run, changed)
  const files = drawn.map(({ file }) => file)
  const text = /## Far scale\n[\s\S]*?(?=\n## )/.exec(markdownReport(run, changed, files))?.[0] ?? ''
  // The other charts are the same each time.
  const chart = drawn.find(({ name }) => name === 'far-scale')
  return { text, svg: chart && toSvg(chart.drawing) }
}

const whole = sectionOf()

const farScaleOf = (over: Partial<Summary>) => farScale(run, { ...summary, ...over }, results)

const far = summary.farScale
assert.ok(far)
const entryOf = (name: string) => {
  const found = far.schemes.find(({ scheme }) => scheme === name)
  assert.ok(found?.law, name)
  return { ...found, law: found.law }
}

test('the summary holds the law of each scheme and every load that is printed', () => {
  assert.ok(summarySchema.shape.farScale.safeParse(far).success)
  assert.deepEqual(
    far.schemes.map(({ scheme }) => scheme),
    schemes,
  )
  const site = far.siteUsers / far.assumptions.secPerRequest
  for (const { sizes } of far.schemes) {
    for (const rps of [...LOADS, site]) assert.ok(sizes.some((one) => one.rps === rps))
  }
  const capacity = summary.latency.find(({ scheme }) => scheme === 'jwt-hs256')?.capacityPerSec?.value ?? 0
  const [replicas] = entryOf('jwt-hs256').sizes.flatMap((one) =>
    one.rps === 1e6 ? [one.replicas.value] : [],
  )
  const { safePerSec } = entryOf('jwt-hs256').law
  assert.equal(replicas, Math.ceil(1e6 / safePerSec.value))
  assert.ok(
    safePerSec.value > 0.6 * capacity && safePerSec.value < 0.8 * capacity,
    `${safePerSec.value} of ${capacity}`,
  )
  assert.equal(entryOf('session-redis-tuned').law.userBytesOf, 'session-redis')
})

test('text and chart name the assumptions, each scheme, and what the large site takes', () => {
  const { text, svg } = whole
  for (const said of [
    'Extrapolated, not measured',
    'a request in 20 s',
    '30 % of every core',
    '25 GB',
    'p99 ≤ 50 ms',
    '100 M logged-in users',
    'MOVED',
    'network',
    'npm run bench -- --only replicas',
  ])
    assert.ok(text.includes(said), said)
  assert.ok(svg)
  for (const name of schemes.slice(1)) {
    assert.ok(text.includes(`\n| ${name} | replicas |`), name)
    assert.ok(svg.includes(name), name)
  }
  assert.doesNotMatch(text, /\| none \|/)
  const atSite = (name: string) =>
    count(entryOf(name).sizes.find(({ users }) => users === far.siteUsers)?.replicas.value ?? 0)
  const title = /<title>(.*?)<\/title>/.exec(svg)?.[1] ?? ''
  assert.ok(title.includes(`${atSite('session-redis')} (session-redis)`), title)
  assert.ok(text.includes(`\`jwt-hs256\`: ${atSite('jwt-hs256')}`))
})

test('a scheme that the run says too little of is named in the chart, and its reason in the text', () => {
  const latency = summary.latency.map((one) => (one.scheme === 'jwt-hs256' ? { ...one, rungs: [] } : one))
  const without = farScaleOf({ latency })
  const { text, svg } = sectionOf({ farScale: without })
  assert.match(svg ?? '', /too little is known of jwt-hs256</)
  assert.match(text, /Nothing can be said of these:\n\n- `jwt-hs256`: run .* has no latency/)
  assert.doesNotMatch(whole.svg ?? '', /too little is known/)
})

test('a tier that is not known so far ends in the chart, in the table and in the text', () => {
  assert.doesNotMatch(whole.text, /not known beyond/)
  const demand = summary.demand.map((one) => (one.tier === 'redis' ? { ...one, worstResidual: 0.5 } : one))
  const poor = farScaleOf({ demand })
  const { text, svg } = sectionOf({ farScale: poor })
  const end = poor?.schemes.find(({ scheme }) => scheme === 'session-redis')?.law?.redis?.knownToPerSec
  assert.ok(end)
  assert.ok(text.includes(`Redis primaries not known beyond ${short(end)} requests/s`))
  assert.match(text, /\| session-redis \| Redis primaries \|.*not known \|/)
  assert.match(svg ?? '', /not known further/)
})

test('contention that was found is said with the load that no fleet passes, and drawn', () => {
  const share = (value: number) => ({
    value,
    lo: value / 2,
    hi: value * 2,
    unit: 'share',
    n: 6,
    warnings: [],
  })
  const scaling = [4, 8].map((replicas) => ({
    scheme: 'jwt-hs256',
    replicas,
    speedup: share(4),
    efficiency: null,
    withheld: null,
    pace: null,
    quotaBias: null,
  }))
  const usl = { perSecAtOne: share(9_000), contention: share(0.01), coherency: share(0) }
  const law = { scheme: 'jwt-hs256', shareCores: null, quotaBias: null, law: null, usl, scattered: [] }
  const { text, svg } = sectionOf({ farScale: farScaleOf({ scaling, scalability: [law] }) })
  assert.match(text, /`jwt-hs256` contention was seen over 8 replicas.*more than any number of replicas/)
  assert.match(text, /One fleet would never serve more than [\d.]+ [kM] requests\/s/)
  assert.match(text, /not measured in this run for `session-memory`/)
  assert.match(svg ?? '', /<title>100 M users would take .* replicas without contention/)
  assert.match(svg ?? '', /dotted: with the contention/)
})

test('without latency it is a sentence that says what to run; without cost or users each scheme says it', () => {
  const { run: costs, results: records } = syntheticRun({ experiments: ['cost'] })
  const found = summarize(costs, records)
  assert.equal(found.farScale, null)
  const files = renderReport(costs, found)
  assert.match(files['report.md'] ?? '', /## Far scale\n\n.*npm run bench -- --only latency,cost,users/)
  assert.equal(files['charts/far-scale.svg'], undefined)
  const { text, svg } = sectionOf({ farScale: farScaleOf({ memoryPerUser: [] }) })
  assert.match(text, /- `session-redis`: run .* has no memory of a user.*experiment users/)
  assert.doesNotMatch(text, /logged-in users need/)
  assert.equal(svg, undefined)
})
