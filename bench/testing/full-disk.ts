/** Run by the log's test inside a file system of 64 KB: fills it, and prints what was left of the records. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthscaleError } from '../errors.ts'
import { RUN_FILE, writeRun } from '../record/run-dir.ts'
import { openTrialLog, TRIALS_FILE } from '../record/trial-log.ts'
import { syntheticRun } from './synthetic-run.ts'

const dir = process.argv[2] as string
const { run, results } = syntheticRun({ experiments: ['cost'] })
const small = { ...run, plan: [] }
await writeRun(dir, small)

const log = await openTrialLog(dir)
let appended = 0
let append: AuthscaleError | undefined
for (const result of results) {
  try {
    await log.append(result)
    appended++
  } catch (error) {
    append = error as AuthscaleError
    break
  }
}
await log.close()

const replace: AuthscaleError = await writeRun(dir, run).then(
  () => Promise.reject(new Error('run.json was written although the disk is full')),
  (error) => error,
)
const resumed = await openTrialLog(dir)
await resumed.close()
const text = await readFile(join(dir, TRIALS_FILE), 'utf8')
process.stdout.write(
  JSON.stringify({
    append: { code: append?.code, message: append?.message },
    replace: { code: replace.code },
    appended,
    linesInFile: text.split('\n').length - 1,
    endsWithNewline: text.endsWith('\n'),
    resumed: resumed.results.length,
    damage: resumed.damage,
    runUnchanged: (await readFile(join(dir, RUN_FILE), 'utf8')) === `${JSON.stringify(small, null, 2)}\n`,
    files: (await readdir(dir)).sort(),
  }),
)
