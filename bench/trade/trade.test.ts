/** The table of the whole trade: each cell follows from records, names its trials, and is empty where nothing was measured. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run, TrialResult } from '../record/types.ts'
import { summarySchema } from '../report/schema.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticFaults } from '../testing/faults.ts'
import { syntheticRevocation } from '../testing/revocation.ts'
import { syntheticBrowser } from '../testing/synthetic-browser.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { columnsOf, tradeSection } from './section.ts'
import { type Cell, type Column, trade } from './trade.ts'

const SCHEMES = ['none', 'session-memory', 'session-redis', 'jwt-hs256', 'jwt-denylist'] as const

type Records = { run: Run; results: TrialResult[] }

function together(...parts: Records[]): Records {
  const [first] = parts
  if (!first) throw new Error('nothing to put together')
  return {
    run: { ...first.run, plan: parts.flatMap(({ run }) => run.plan) },
    results: parts.flatMap(({ results }) => results),
  }
}

const plan = { schemes: [...SCHEMES], schemesNamed: true }
const whole = together(
  syntheticRun({ experiments: ['cost', 'users'], schemes: SCHEMES }),
  await syntheticRevocation({ plan }),
  await syntheticFaults({ plan }),
  await syntheticBrowser({ plan }),
)
const summary = summarize(whole.run, whole.results)
const cellsOf = (name: string) =>
  summary.trade.find(({ scheme }) => scheme === name)?.cells ?? assert.fail(name)

test('a row a scheme, and every cell with trials behind it that the run has', () => {
  assert.ok(summarySchema.shape.trade.safeParse(summary.trade).success)
  assert.deepEqual(
    summary.trade.map(({ scheme }) => scheme),
    SCHEMES.slice(1),
  )
  const planned = new Set(whole.run.plan.map(({ id }) => id))
  for (const { scheme, cells } of summary.trade)
    for (const [column, { text, trials }] of Object.entries(cells) as [Column, Cell][]) {
      assert.ok(trials.length > 0 === (text !== '–'), `${scheme}: ${column}`)
      for (const id of trials) assert.ok(planned.has(id), id)
    }
})

test('cells say what was put in', () => {
  const [session, token, memory] = ['session-redis', 'jwt-hs256', 'session-memory'].map(cellsOf)
  assert.match(session?.authTax.text ?? '', /^\+1\d\d \(/)
  assert.match(session?.memory.text ?? '', /^4[12]\d B in Redis$/)
  assert.match(memory?.memory.text ?? '', /^1,1\d0 B in the replica$/)
  assert.equal(token?.memory.text, 'none seen')
  assert.match(session?.redisLoss.text ?? '', /^stands: 0 % good meanwhile/)
  assert.equal(token?.redisLoss.text, 'asks it nothing')
  assert.equal(token?.revocation.text, 'its lifetime, 1 h')
  assert.match(session?.revocation.text ?? '', /ms \(n \d+\)$/)
  assert.deepEqual([token?.readable.text, session?.readable.text], ['the profile', 'nothing'])
  assert.deepEqual([token?.script.text, session?.script.text], ['yes', 'no'])
  assert.match(session?.crossSite.text ?? '', /^no, of \d+ requests$/)
  assert.deepEqual(token?.revocation.seen, { withinMs: 3_601_000, isLifetime: true, n: 16 })
  assert.equal(session?.revocation.seen?.isLifetime, false)
  assert.deepEqual([session?.redisLoss.seen?.goodShare, token?.redisLoss.seen], [0, null])
})

test('what some are spared of a Redis that is killed is called partly, what nearly all are: it goes on', async () => {
  const words = async (good: number) => {
    const { run, results } = await syntheticFaults({
      plan,
      change: (seen) => ({
        ...seen,
        bins: seen.bins.map((bin) => (bin.good === 0 ? { ...bin, good, unavailable: bin.due - good } : bin)),
      }),
    })
    const row = summarize(run, results).trade.find(({ scheme }) => scheme === 'session-redis')
    return row?.cells.redisLoss.text.split(' good')[0]
  }
  assert.deepEqual(await Promise.all([1, 2, 18, 19].map(words)), [
    'stands: 5 %',
    'partly: 10 %',
    'partly: 90 %',
    'goes on: 95 %',
  ])
})

test('a run of costs alone has no such table, and one without faults says so in its cells', async () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  assert.equal(tradeSection(summarize(run, results)), null)
  const part = together(
    syntheticRun({ experiments: ['cost'], schemes: SCHEMES }),
    await syntheticBrowser({ plan }),
  )
  const [row] = summarize(part.run, part.results).trade
  assert.deepEqual(row?.cells.replicaLoss, { text: '–', trials: [], seen: null })
  assert.equal(row?.cells.revocation.text, '–')
})

test('what a lost reply to a renewal ends is a column of its own, where it was tried, with its price', () => {
  const of = (seen: number, n: number) => ({ value: seen / n, lo: 0, hi: 1, seen, n })
  const entry = {
    ...{ arm: '', variant: null, lostUpdates: null, copiesPerGroup: null, undoneLogouts: null, races: null },
    ...{ refusedElsewhere: null, wrongUsers: 0, hangs: 0, trials: ['t1'] },
  }
  const anomalies = [
    { ...entry, scheme: 'session-redis' },
    {
      ...entry,
      scheme: 'jwt-denylist',
      variant: 'a',
      lostReplies: { wentOn: of(5, 5), copiesLetIn: of(4, 4) },
    },
    {
      ...entry,
      scheme: 'jwt-denylist',
      variant: 'b',
      lostReplies: { wentOn: of(0, 5), copiesLetIn: of(0, 4) },
    },
  ]
  const rows = trade(whole.run, { ...summary, anomalies }, whole.results)
  const texts = Object.fromEntries(rows.map(({ scheme, cells }) => [scheme, cells.renewal?.text]))
  assert.deepEqual(texts, {
    'session-memory': '–',
    'session-redis': 'renews nothing',
    'jwt-hs256': '–',
    'jwt-denylist': 'a: 5 of 5 go on, 4 of 4 copies let in; b: 0 of 5 go on, 0 of 4 copies let in',
  })
  assert.ok(columnsOf(rows).includes('renewal') && !columnsOf(summary.trade).includes('renewal'))
})
