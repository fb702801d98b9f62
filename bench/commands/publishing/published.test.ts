/** Published runs, their pages and what is said of all of them, in the README too: in step with the raw records. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { runWithRows } from '../../figures/rows.ts'
import { pageData } from '../../page/page-data.ts'
import { PICTURE } from '../../page/picture.ts'
import { readLoadCheck, readRun, readVerify } from '../../record/run-dir.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import { renderReport } from '../../report/index.ts'
import type { Summary } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { newestPlanCheck } from '../plan-source.ts'
import { heldIn } from '../write-report.ts'
import { PICTURE_FILE, updated } from './documents.ts'
import { catalogueFiles } from './published.ts'
import { readDocuments } from './readme.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const results = path.join(root, 'results')
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

interface Derived {
  run: Run
  records: TrialResult[]
  summary: Summary
}

const derived = new Map<string, Promise<Derived>>()

/** Once for all that is asked of a run. */
function derivedOf(name: string): Promise<Derived> {
  const one = derived.get(name) ?? derive(name)
  derived.set(name, one)
  return one
}

async function derive(name: string): Promise<Derived> {
  const { run, results: records } = await readRun(path.join(published, name))
  return { run, records, summary: summarize(run, records) }
}

const MOST_BYTES = 2_000_000

for (const name of names) {
  test(`${name}: whole, no smoke run, and everything derived from its records`, async () => {
    const folder = path.join(published, name)
    const { run, records, summary } = await derivedOf(name)
    assert.equal(run.id, name)
    assert.ok(run.profile === 'standard' || run.profile === 'full')
    assert.notEqual(run.finishedAt, null)
    assert.equal(summary.trials.ok, summary.trials.planned)
    for (const [file, content] of Object.entries(renderReport(run, summary))) {
      same(read(folder, file), content, `${name}/${file}`)
    }
    assert.deepEqual(
      dataOf(read(folder, 'report.html')),
      JSON.parse(JSON.stringify(pageData(run, summary, records, await heldIn(folder)))),
    )
    for (const file of readdirSync(folder))
      assert.ok(statSync(path.join(folder, file)).size < MOST_BYTES, file)
  })
}

test('the README and the pages of docs show the figures of the runs that they link to', async () => {
  const documents = await readDocuments()
  const pictured = /\[the page\]\(\.\.\/results\/published\/([^/)]+)\/report\.html\)/.exec(
    documents.findings,
  )?.[1]
  assert.ok(pictured, 'the page of a published run')
  const [main, ...others] = await Promise.all(
    [...new Set([pictured, ...names])].map(async (name) => ({
      runDir: `results/published/${name}`,
      ...(await derivedOf(name)),
    })),
  )
  assert.ok(main)
  const runDir = /beside \[this run\]\(\.\.\/(results\/published\/[^/)]+)\/report\.md\)/.exec(
    documents.instrument,
  )?.[1]
  assert.ok(runDir, 'the run beside which the instrument was checked is linked')
  const held = await newestPlanCheck(names.map((name) => path.join(published, name)))
  const inStep = updated(documents, {
    ...{ main, others },
    published: [main, ...others].map(({ run, records, summary }) =>
      runWithRows(run, records, summary.costCurves),
    ),
    checks: {
      runDir,
      load: await readLoadCheck(path.join(root, runDir)),
      proofs: await readVerify(path.join(root, runDir)),
    },
    held: held && { runDir: path.relative(root, held.folder), check: held.check },
  })
  assert.deepEqual(inStep, documents)
  assert.ok(documents.front.includes(`src="${PICTURE_FILE}"`), 'a picture of the first screen')
  const picture = readFileSync(path.join(root, PICTURE_FILE))
  assert.equal(picture.readUInt32BE(16), PICTURE.width, 'the width that a PNG declares')
})

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
