/** What a report says of revocations: what was put into the records, and every broken promise. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markdownReport } from '../../report/markdown.ts'
import { summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { type Seen, syntheticRevocation } from '../../testing/revocation.ts'
import { toSvg } from '../../words/charts/svg.ts'
import { revocationChart } from './chart.ts'
import { timeText } from './section.ts'

type Options = Parameters<typeof syntheticRevocation>[0]

async function reported(options: Options = {}) {
  const { run, results } = await syntheticRevocation(options)
  const summary = summarize(run, results)
  return { run, results, summary, text: markdownReport(run, summary, []) }
}

const first = (way: Partial<Seen['ways'][number]>, seen: Seen): Seen => ({
  ...seen,
  ways: seen.ways.map((one, i) => (i === 0 ? { ...one, ...way } : one)),
})

test('revocations of all blocks count together, with the worst of them and what it says of the rest', async () => {
  const { summary } = await reported({ blocks: 2 })
  const entry = summary.revocation.find(({ scheme }) => scheme === 'session-redis')
  const logout = entry?.ways.find(({ way }) => way === 'logout')
  assert.deepEqual([logout?.n, logout?.accepted, logout?.lastAcceptedMs?.worst], [50, 0, 0])
  assert.equal(logout?.refusedFromMs?.worst, 5.4)
  assert.ok(Math.abs((logout?.refusedFromMs?.value ?? 0) - 4.2) < 1e-9)
  assert.equal(logout?.lastAgeMs, null, 'what is refused at once has no age')
  assert.ok(Math.abs((logout?.beyondWorst ?? 0) - 3 / 50) < 0.002)
  const token = summary.revocation.find(({ scheme }) => scheme === 'jwt-hs256')?.ways[0]
  assert.deepEqual(
    [token?.boundMs, token?.shippedBoundMs, token?.accepted, token?.n],
    [4_000, 3_601_000, 16, 16],
  )
  assert.deepEqual(summarySchema.parse(summary), summary)
})

test('arms that observe are no figure of a scheme, and a trial that a gate rejected is seen all the same', async () => {
  const made = await syntheticRevocation({ blocks: 1 })
  const isWatching = ({ arm }: { arm: { observe?: unknown } }) => arm.observe !== undefined
  const run = { ...made.run, plan: made.run.plan.filter(isWatching) }
  const results = made.results.filter(({ trial }) => isWatching(trial))
  const rejected = results.map((result) => {
    const { schemaVersion, trial, startedAt, measurement } = result
    const reason = 'rejected by the gate foreign-cpu'
    return {
      schemaVersion,
      trial,
      startedAt,
      ok: false as const,
      reason,
      rejectedBy: [],
      measurement,
      rungs: [],
    }
  })
  for (const records of [results, rejected]) {
    const { arms, journeys, revocation } = summarize(run, records)
    assert.deepEqual([arms, journeys], [[], []])
    assert.equal(revocation.length, run.plan.length)
  }
})

test('the table has the bound, the worst and what a scheme cannot do', async () => {
  const { text } = await reported({
    change: (seen, { scheme }) =>
      scheme === 'session-memory'
        ? first({ unsupported: true, lastAcceptedMs: [], refusedFromMs: [], ageMs: [] }, seen)
        : seen,
  })
  assert.match(text, /\| session-redis \| at once \| none, ≤ 5\.4 ms \(n 50\) \|/)
  assert.match(text, /\| jwt-hs256 \| 4 s \| 3\.12 s \(n 16\) \|/)
  assert.match(text, /\| session-memory \| – \| cannot by design \|/)
  assert.match(text, /Of [\d,]+ uses none was accepted later than the declared bound/)
  assert.match(text, /Lifetimes were made short for these trials, .*: 4 s instead of 1 h with `jwt-hs256`/)
})

test('a broken promise is said first, with an example, and is the finding of the chart', async () => {
  const late = 'use of user7/1 at r2 answered 200 8.0 ms beyond the bound of its logout at r1'
  const { text, run, summary } = await reported({
    change: (seen, { scheme }) =>
      scheme === 'session-redis'
        ? first(
            { lastAcceptedMs: seen.ways[0]?.lastAcceptedMs.map(() => 8) ?? [] },
            { ...seen, late: 1, examples: [late] },
          )
        : seen,
  })
  assert.match(
    text,
    /\*\*Broken promises\*\*[^|]*`session-redis`: 2 accepted later than the declared bound.*use of user7\/1/s,
  )
  assert.match(
    toSvg(revocationChart(run, summary) ?? assert.fail('no chart')),
    /<title>A credential is accepted longer than declared with session-redis</,
  )
})

test('the chart is drawn where there is something to draw, and says what it shows', async () => {
  const { run, summary } = await reported()
  const svg = toSvg(revocationChart(run, summary) ?? assert.fail('no chart'))
  assert.match(svg, /<title>Logouts act within 5\.4 ms with \d+ schemes; \d+ schemes are accepted until/)
  assert.equal(revocationChart(run, { ...summary, revocation: [] }), null)
})

test('times have the unit that they are read in', () => {
  assert.deepEqual([0.4, 5.4, 28.55, 4_000, 61_000, 3_601_000].map(timeText), [
    '0.4 ms',
    '5.4 ms',
    '28.6 ms',
    '4 s',
    '1.02 min',
    '1 h',
  ])
})
