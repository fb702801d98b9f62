/** Folders among the published runs that are none that can be read: named with the reason, and the others are read. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { publishedRuns } from './read-published.ts'

const scratch = await mkdtemp(path.join(os.tmpdir(), 'authscale-published-'))
after(() => rm(scratch, { recursive: true }))

const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 1 })
const log = results.map((one) => `${JSON.stringify(one)}\n`).join('')

async function stored(name: string, runFile: string, trials: string): Promise<void> {
  await mkdir(path.join(scratch, name))
  await writeFile(path.join(scratch, name, 'run.json'), runFile)
  await writeFile(path.join(scratch, name, 'trials.jsonl'), trials)
}

test('damaged, newer and foreign folders are left out, named, without the paths of this machine', async () => {
  await stored('good', JSON.stringify({ ...run, id: 'good' }), log)
  await stored('cut', JSON.stringify({ ...run, id: 'cut' }), log.slice(0, -40))
  await stored('newer', JSON.stringify({ ...run, schemaVersion: 99 }), log)
  await stored('broken', '{', log)
  await mkdir(path.join(scratch, 'empty'))
  const { runs, unread } = await publishedRuns(scratch)
  assert.deepEqual(
    runs.map((one) => one.run.id),
    ['good'],
  )
  assert.deepEqual(
    unread.map(({ name }) => name),
    ['broken', 'cut', 'empty', 'newer'],
  )
  const reasonOf = (name: string) => unread.find((one) => one.name === name)?.reason ?? ''
  assert.match(reasonOf('cut'), /cut short/)
  assert.match(reasonOf('newer'), /99/)
  assert.match(reasonOf('empty'), /run\.json does not exist/)
  for (const { reason } of unread) assert.ok(reason.length > 0 && !reason.includes(scratch), reason)
})
