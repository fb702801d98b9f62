/** The list of published runs in a real browser: found by machine, held against each other, and in step with the records. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunWithRows, runWithRows } from '../../figures/rows.ts'
import { drawn, pages } from '../../testing/page.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { buildCatalogue } from '../build.ts'

const { open, save } = pages()

function made(id: string, cpuModel: string, seed: number): RunWithRows {
  const { run, results } = syntheticRun({ experiments: ['cost', 'users'], seed })
  const named = {
    ...run,
    id,
    startedAt: `2026-01-0${seed}T00:00:00.000Z`,
    environment: { ...run.environment, cpuModel },
  }
  return runWithRows(named, results)
}

const runs = [made('one', 'Small CPU', 1), made('two', 'Small CPU', 2), made('three', 'Large CPU', 3)]

test('all runs side by side and against each other; a choice of machines stands in the address', async () => {
  const { page, errors, requests } = await open(await save('index.html', await buildCatalogue(runs)))
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 3)
  assert.equal(await page.locator('#across svg').count(), 1)
  assert.equal(await page.locator('#compare-runs section').count(), 2)
  await page.getByLabel('Large CPU, 2 cores').uncheck()
  assert.match(page.url(), /machines=Small/)
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 2)
  assert.match(await page.locator('#compare-runs section').innerText(), /Comparable: no known condition/)
  await page.reload()
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  assert.equal(await page.locator('#runs tbody tr:visible').count(), 2)
  await page.locator('#base').selectOption('two')
  assert.match(await page.locator('#compare-runs h3').innerText(), /^two → one$/)
  await drawn(page)
  assert.deepEqual(errors, [])
  assert.deepEqual(requests, [])
})

test('each run links to its page and its records', async () => {
  const html = await buildCatalogue(runs)
  for (const { run } of runs) assert.ok(html.includes(`href="published/${run.id}/report.html"`), run.id)
})
