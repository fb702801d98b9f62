/** What is made of durations whose leaks are known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { HASH_NS, syntheticTiming } from '../../testing/synthetic-timing.ts'
import { timingSummarySchema } from './schema.ts'
import { timingTable } from './section.ts'

type Options = Parameters<typeof syntheticTiming>[0]

async function timingOf(options: Options = {}) {
  const { run, results } = await syntheticTiming(options)
  return timingSummarySchema.parse(summarize(run, results).timing)
}

const wayOf = async (options: Options, lookup: 'plain' | 'leaky') => {
  const { ways } = await timingOf(options)
  return ways.find((one) => one.way === 'direct' && one.lookup === lookup) ?? assert.fail(lookup)
}

/** For the plain lookups of some runs: whether every class has what was put in within its interval. */
async function held(leakNs: number): Promise<boolean[]> {
  const runs = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => timingOf({ leakNs, seed })))
  const plain = runs.flatMap(({ ways }) => ways.filter(({ lookup }) => lookup === 'plain'))
  return plain.map(({ differences }) =>
    differences.every(({ shared, byNs }) => byNs.lo <= leakNs * shared && leakNs * shared <= byNs.hi),
  )
}

test('a leak of known size is found in every class', async () => {
  const { differences } = await wayOf({ leakNs: 20 }, 'plain')
  for (const { shared, byNs, detected, p } of differences.filter((one) => !one.twin)) {
    // Six standard errors of some 19 ns.
    assert.ok(Math.abs(byNs.value - 20 * shared) < 6 * 19, `${shared}: ${byNs.value}`)
    assert.ok(detected && p !== null && p < 0.01, `${shared}`)
  }
})

test('the intervals of all classes together hold what was put in nearly always', async () => {
  const cases = await held(20)
  // 95 % are meant, and 74 of 80 were seen in a longer look: twelve of sixteen is far below both.
  assert.ok(cases.filter(Boolean).length > 12, `${cases.filter(Boolean).length} of ${cases.length}`)
})

test('without a leak nothing is detected, and the bound is what the noise leaves', async () => {
  const { differences, boundNs, medianNs } = await wayOf({}, 'plain')
  assert.ok(differences.every(({ detected }) => !detected))
  // Sixty differences with a standard deviation of √2 · 100 ns: an error of 19 ns, an interval of 2.7 of them to either
  // side, and the farthest of four estimates no more than three of them off.
  assert.ok(boundNs > 2.7 * 19 && boundNs < 6 * 19, `${boundNs}`)
  assert.ok(medianNs > 30_000)
  const quiet = await wayOf({ noiseNs: 10 }, 'plain')
  assert.ok(quiet.boundNs < boundNs / 5, 'less noise, a closer bound')
})

test('two equal classes that differ are noticed, and nothing as small as that is called a leak', async () => {
  const { differences } = await wayOf({ twinNs: 300, leakNs: 5 }, 'plain')
  const twin = differences.find((one) => one.twin)
  assert.equal(twin?.detected, true)
  assert.ok(differences.filter((one) => !one.twin).every(({ detected }) => !detected))
})

test('the report shows the bound, the deliberate leak in bold, and what hashing costs', async () => {
  const { run, results } = await syntheticTiming()
  const text = renderReport(run, summarize(run, results))['report.md'] ?? ''
  assert.match(
    text,
    /among|one of 100,000 sessions that exist, 12,000 lookups of each class\. No leak was seen above \d+ ns at Redis, and none above \d+ ns over HTTP\./,
  )
  assert.match(text, new RegExp(`takes ${HASH_NS} .*ns of CPU`))
  const { rows } = timingTable(await timingOf())
  assert.equal(rows.length, 4)
  const [plain, leaky] = rows
  assert.ok(plain?.every((cell) => !cell.includes('**')))
  assert.match(leaky?.[5] ?? '', /^\*\*\+15,\d00/)
  assert.equal(leaky?.at(-1), '–')
})

test('a leak is said to be one', async () => {
  const { run, results } = await syntheticTiming({ leakNs: 50 })
  assert.match(
    renderReport(run, summarize(run, results))['report.md'] ?? '',
    /\*\*A leak was seen at Redis\.\*\* \*\*A leak was seen over HTTP\.\*\*/,
  )
})
