/** The section about browsers, on made-up records. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../../report/index.ts'
import { summarize } from '../../report/summarize.ts'
import { syntheticBrowser } from '../../testing/synthetic-browser.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { browserSummarySchema } from './schema.ts'
import { credentialTable, forgeryTable } from './section.ts'

async function browserOf(options: Parameters<typeof syntheticBrowser>[0] = {}) {
  const { run, results } = await syntheticBrowser(options)
  const { browser } = summarize(run, results)
  return browserSummarySchema.parse(browser)
}

const rowOf = ({ rows }: { rows: string[][] }, name: string) =>
  rows.find(([first]) => first === name) ?? assert.fail(name)

test('each scheme is shown as its server is', async () => {
  const table = credentialTable(await browserOf())
  assert.deepEqual(rowOf(table, 'jwt-hs256').slice(1), [
    'local storage',
    'username and name',
    '**yes**',
    '**yes**',
    '0 of 10',
  ])
  assert.deepEqual(rowOf(table, 'session-redis').slice(1), [
    '`HttpOnly` cookie',
    'nothing',
    'no',
    '**yes**',
    '0 of 10',
  ])
})

test('each defence is shown with what it let through, over all schemes that have it', async () => {
  const table = forgeryTable(await browserOf())
  const lax = rowOf(table, '`SameSite=Lax` alone')
  assert.deepEqual(lax.slice(2), [
    '**changed**',
    'no credential',
    'no credential',
    'no credential',
    'not sent',
    '**changed**',
  ])
  assert.deepEqual(rowOf(table, 'the check alone').slice(2), [
    ...Array(4).fill('refused (403)'),
    'not sent',
    'refused (403)',
  ])
})

test('one scheme that differs shows in its cell', async () => {
  const browser = await browserOf({
    change: (seen, scheme) => ({
      ...seen,
      forgeries: seen.forgeries.map((one) =>
        scheme === 'jwt-cookie' && one.sameSite === 'Strict' && one.request === 'form-post'
          ? { ...one, changed: true }
          : one,
      ),
    }),
  })
  assert.equal(rowOf(forgeryTable(browser), '`SameSite=Strict` alone')[4], '**changed** and no credential')
})

test('the section is there with the experiment, and nothing without it', async () => {
  const { run, results } = await syntheticBrowser()
  assert.match(
    renderReport(run, summarize(run, results))['report.md'] ?? '',
    /## In a real browser\n\nChromium 150\.0\.1\.2,/,
  )
  const without = syntheticRun({ experiments: ['cost'] })
  const summary = summarize(without.run, without.results)
  assert.equal(summary.browser, null)
  assert.doesNotMatch(renderReport(without.run, summary)['report.md'] ?? '', /In a real browser/)
})
