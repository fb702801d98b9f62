/** The list of published runs in a real browser: found by machine, held against each other, and in step with the records. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byMachine, type JudgedRun } from '../../compare/verdicts.ts'
import { type RunWithRows, runWithRows } from '../../figures/rows.ts'
import { summarize } from '../../report/summarize.ts'
import { drawn, pages } from '../../testing/page.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { buildCatalogue } from '../build.ts'

const { open, save } = pages()

function made(id: string, cpuModel: string, seed: number): RunWithRows & JudgedRun {
  const { run, results } = syntheticRun({ experiments: ['cost', 'users'], seed })
  const named = {
    ...run,
    id,
    startedAt: `2026-01-0${seed}T00:00:00.000Z`,
    environment: { ...run.environment, cpuModel },
  }
  return { ...runWithRows(named, results), claims: summarize(named, results).claims }
}

const runs = [made('one', 'Small CPU', 1), made('two', 'Small CPU', 2), made('three', 'Large CPU', 3)]
const catalogue = () =>
  buildCatalogue(
    runs.map(({ claims: _, ...run }) => run),
    byMachine(runs),
    {
      trade: [],
      tradeFrom: null,
      planning: { evidence: [], why: 'nothing to plan from', from: '', held: null },
    },
  )

test('all runs side by side and against each other; a choice of machines stands in the address', async () => {
  const { page, errors, requests } = await open(await save('index.html', await catalogue()), '#runs')
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 3)
  assert.equal(
    await page.locator('#across svg').count(),
    2,
    'what runs said one after the other, and side by side',
  )
  assert.equal(await page.locator('#compare-runs section').count(), 1, 'the newest beside the one before it')
  await page.locator('#beside').selectOption('all others')
  assert.equal(await page.locator('#compare-runs section').count(), 2)
  assert.match(page.url(), /with=all/)
  await page.locator('#filters summary').click()
  await page.getByLabel('Large CPU, 2 cores').uncheck()
  assert.match(page.url(), /machines=Small/)
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 2)
  assert.match(await page.locator('#compare-runs section').innerText(), /Comparable: no known condition/)
  await page.reload()
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 2)
  assert.match(await page.locator('#compare-runs h3').innerText(), /^two → one$/, 'the newest is the base')
  await page.locator('#base').selectOption('one')
  assert.match(await page.locator('#compare-runs h3').innerText(), /^one → two$/)
  assert.equal(await page.getByText('Runtimes').count(), 0, 'one value is no choice')
  await drawn(page)
  assert.deepEqual(errors, [])
  assert.deepEqual(requests, [])
})

test('each run links to its page and its records', async () => {
  const html = await catalogue()
  for (const { run } of runs) assert.ok(html.includes(`href="published/${run.id}/report.html"`), run.id)
})

test('claims stand machine by machine, each run in a column that leads to what it says', async () => {
  const { page } = await open(await save('index.html', await catalogue()), '#claims')
  assert.equal(await page.locator('#claims table').count(), 2)
  const small = page.locator('#claims table').nth(1)
  assert.deepEqual(await small.locator('th').allInnerTexts(), [
    'claim',
    'over all runs',
    'two',
    'one',
    'because',
  ])
  assert.equal(await small.locator('th a').first().getAttribute('href'), 'published/two/report.html#claims')
  assert.deepEqual(await small.locator('tr', { hasText: 'memory-per-user' }).locator('td').allInnerTexts(), [
    'memory-per-user',
    'supported',
    'supported',
    'supported',
    '',
  ])
})
