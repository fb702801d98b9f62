/**
 * A report of a made-up run, compared byte for byte with the committed one, so that every change of its words,
 * figures or charts is seen in review. `UPDATE_GOLDEN=1 node --import tsx --test bench/report/golden.test.ts`
 * writes the files anew; look at the charts before you commit them.
 */
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { renderReport } from './index.ts'
import { summarize } from './summarize.ts'
import { terminalTable } from './terminal.ts'

const folder = new URL('golden/', import.meta.url)
const update = process.env.UPDATE_GOLDEN === '1'

// The load ends at 16,000 arrivals a second, so that the fastest schemes show a lower bound.
const { run, results } = syntheticLadders({ blocks: 3, loadLimitPerSec: 16_000 }, false)
const found = summarize(run, results)
const { 'summary.json': summary, ...rest } = renderReport(run, found)
const files: Record<string, string> = { ...rest, 'terminal.txt': `${terminalTable(found, run)}\n` }

for (const [name, content] of Object.entries(files)) {
  test(`golden ${name}`, async () => {
    const file = new URL(name, folder)
    if (update) {
      await mkdir(new URL('.', file), { recursive: true })
      await writeFile(file, content)
    }
    assert.equal(content, await readFile(file, 'utf8'))
  })
}

test('the same records give the same bytes, also later in the same process', () => {
  assert.deepEqual(renderReport(run, summarize(run, results)), { 'summary.json': summary, ...rest })
})

test('a record’s place in the log does not matter', () => {
  assert.deepEqual(renderReport(run, summarize(run, results.toReversed())), {
    'summary.json': summary,
    ...rest,
  })
})
