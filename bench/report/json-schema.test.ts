/** The published JSON Schema is in step with the schemas, and describes what the suite writes. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { runSchema } from '../record/schema/run.ts'
import { trialResultSchema } from '../record/schema/trial.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { jsonSchemas } from './json-schema.ts'
import { summarySchema } from './schema.ts'
import { summarize } from './summarize.ts'

const folder = new URL('../../results/schema/', import.meta.url)

test('results/schema/ is what `npm run schema` writes', async () => {
  const expected = jsonSchemas()
  assert.deepEqual((await readdir(folder)).sort(), Object.keys(expected).sort())
  for (const [file, content] of Object.entries(expected)) {
    assert.equal(await readFile(new URL(file, folder), 'utf8'), content, `${file}: run npm run schema`)
  }
})

test('every field of a run, a trial and a summary is in its schema', () => {
  const { run, results } = syntheticRun()
  assert.deepEqual(runSchema.parse(run), run)
  for (const result of results) assert.deepEqual(trialResultSchema.parse(result), result)
  const summary = summarize(run, results)
  assert.deepEqual(summarySchema.parse(summary), summary)
})
