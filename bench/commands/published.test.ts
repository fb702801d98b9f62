/** Published runs, their pages and what is said of all of them: in step with the raw records. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { pageData } from '../page/page-data.ts'
import { readRun } from '../record/run-dir.ts'
import { renderReport } from '../report/index.ts'
import { summarize } from '../report/summarize.ts'
import { catalogueFiles } from './published.ts'

const results = path.resolve(import.meta.dirname, '../../results')
const published = path.join(results, 'published')
const names = readdirSync(published).filter((name) => statSync(path.join(published, name)).isDirectory())

/** Scripts and styles are the code's and change with it; what was measured is in the rest. */
const PROGRAM =
  /<style>[\s\S]*?<\/style>|<script type="module">[\s\S]*?<\/script>|<script type="application\/octet-stream" id="program">[^<]*<\/script>/g
const DATA = /(<script type="application\/octet-stream" id="data">)([^<]*)/

/** Compressed bytes differ between versions of zlib; what they hold must not. */
function dataOf(html: string): unknown {
  return JSON.parse(gunzipSync(Buffer.from(DATA.exec(html)?.[2] ?? '', 'base64')).toString('utf8'))
}

const prose = (html: string) => html.replace(PROGRAM, '').replace(DATA, '$1')

const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8')

/** Texts of megabytes say nothing when they are printed whole. */
function same(actual: string, expected: string, what: string): void {
  if (actual === expected) return
  const at = [...actual].findIndex((letter, i) => letter !== expected[i])
  assert.fail(`${what} is not in step at ${at}: ${actual.slice(at - 40, at + 80)} — npm run published`)
}

const MOST_BYTES = 2_000_000

for (const name of names) {
  test(`${name}: whole, no smoke run, and everything derived from its records`, async () => {
    const folder = path.join(published, name)
    const { run, results: records } = await readRun(folder)
    assert.equal(run.id, name)
    assert.ok(run.profile === 'standard' || run.profile === 'full')
    assert.notEqual(run.finishedAt, null)
    const summary = summarize(run, records)
    assert.equal(summary.trials.ok, summary.trials.planned)
    for (const [file, content] of Object.entries(renderReport(run, summary))) {
      same(read(folder, file), content, `${name}/${file}`)
    }
    assert.deepEqual(
      dataOf(read(folder, 'report.html')),
      JSON.parse(JSON.stringify(pageData(run, summary, records))),
    )
    for (const file of readdirSync(folder))
      assert.ok(statSync(path.join(folder, file)).size < MOST_BYTES, file)
  })
}

test('the list of all of them, its page and its charts are in step', async () => {
  for (const [name, content] of Object.entries(await catalogueFiles())) {
    const committed = read(results, name)
    if (name !== 'index.html') {
      same(committed, content, name)
      continue
    }
    same(prose(committed), prose(content), name)
    assert.deepEqual(dataOf(committed), dataOf(content))
  }
})

test('every file that the list links to is there', () => {
  const readme = read(results, 'README.md')
  const links = [...readme.matchAll(/\]\(((?:published|charts)\/[^)#]+)\)/g)].map(([, link = '']) => link)
  assert.ok(links.length > names.length)
  for (const link of links) assert.ok(existsSync(path.join(results, link)), link)
})
