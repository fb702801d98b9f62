/** Records that earlier versions wrote are still read, and lose nothing. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AS_IT_IS } from '../experiments/arms.ts'
import { parseRecord, parseTrials } from './parse.ts'
import { LOAD_CHECK_FILE, RUN_FILE } from './run-dir.ts'
import { loadCheckSchema } from './schema/load-check.ts'
import { runSchema } from './schema/run.ts'
import { TRIALS_FILE } from './trial-log.ts'

/** The run that version 1 published; its records are never rewritten. */
const published = fileURLToPath(
  new URL('../../results/published/2026-11-23-amd-epyc-2-cores/', import.meta.url),
)
const text = (file: string) => readFile(join(published, file), 'utf8')

/**
 * Version 1 warmed up for a time, and for no number of replies; and up to version 2 arms differed in nothing but their
 * scheme and numbers, which their ids end with.
 */
const asWeReadIt = (trial: { arm: { id: string } }) => ({
  ...trial,
  arm: {
    ...trial.arm,
    ...AS_IT_IS,
    variant: /(?<=\/)[nu]\d+$/.exec(trial.arm.id)?.[0] ?? null,
    warmupRequests: 0,
  },
})

test('the run that version 1 published is read whole', async () => {
  assert.ok((await readdir(published)).includes(RUN_FILE))
  const written = JSON.parse(await text(RUN_FILE))
  assert.equal(written.schemaVersion, 1)
  const run = parseRecord(runSchema, await text(RUN_FILE), RUN_FILE)
  const plan = written.plan.map(asWeReadIt)
  assert.deepEqual(run, { ...written, plan, schemaVersion: 3, rules: null, predictions: [] })

  const lines = (await text(TRIALS_FILE))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { results } = parseTrials(await text(TRIALS_FILE), TRIALS_FILE)
  assert.equal(results.length, lines.length)
  for (const [i, result] of results.entries()) {
    assert.ok(result.ok)
    const { checks, arrivals, journeys, handshakes, protocols, ...measured } = result.measurement
    assert.deepEqual(measured, lines[i].measurement)
    assert.deepEqual([arrivals, journeys, handshakes, protocols], [null, null, null, null])
    assert.deepEqual(new Set(Object.values(checks)), new Set([null]))
    assert.deepEqual(result.rungs, [])
  }

  const check = JSON.parse(await text(LOAD_CHECK_FILE))
  const read = parseRecord(loadCheckSchema, JSON.stringify({ ...check, schemaVersion: 1 }), LOAD_CHECK_FILE)
  assert.deepEqual(read, { ...check, schemaVersion: 3, openLoop: null })
})

test('a rejected trial of version 1 has its reason, no gate and no measurement', async () => {
  const [line = ''] = (await text(TRIALS_FILE)).split('\n')
  const { measurement: _, trial, ...head } = JSON.parse(line)
  const { results } = parseTrials(
    JSON.stringify({ ...head, trial, ok: false, reason: 'Redis ended' }),
    TRIALS_FILE,
  )
  assert.deepEqual(results, [
    {
      ...head,
      trial: asWeReadIt(trial),
      schemaVersion: 3,
      ok: false,
      reason: 'Redis ended',
      rejectedBy: [],
      measurement: null,
      rungs: [],
    },
  ])
})
