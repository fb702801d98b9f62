/** A run among the published ones, what is derived from all of them, and what the README shows of them. */
import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { homedir, hostname, userInfo } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { AuthscaleError } from '../../errors.ts'
import { publishedFolder } from '../../places.ts'
import { writeFileDurably } from '../../record/durable.ts'
import {
  createRunDir,
  LOAD_CHECK_FILE,
  PLAN_CHECK_FILE,
  readRun,
  VERIFY_FILE,
  writeRun,
} from '../../record/run-dir.ts'
import { PACKED_TRIALS_FILE } from '../../record/trial-log.ts'
import { reasonsAgainst } from '../../report/publishable.ts'
import { summarize } from '../../report/summarize.ts'
import { writeReport } from '../write-report.ts'
import { refreshCatalogue } from './published.ts'

/** Files of a run that were made beside it and say more about its machine. */
const BESIDE = [LOAD_CHECK_FILE, VERIFY_FILE, PLAN_CHECK_FILE]

/**
 * Puts a run under `results/published/`, or says everything that stands against it. The run itself stays as it is.
 *
 * @throws AuthscaleError NOT_PUBLISHABLE, and what reading and writing a run can throw
 */
export async function publishRun(folder: string): Promise<void> {
  const { run, results: records, damage } = await readRun(folder)
  const summary = summarize(run, records)
  const reasons = [
    ...(damage === null ? [] : [`${damage}: measure that trial again with --resume`]),
    ...reasonsAgainst(run, summary, records, identities()),
  ]
  if (reasons.length > 0) {
    throw new AuthscaleError('NOT_PUBLISHABLE', `${folder} cannot be published: ${reasons.join('; ')}`)
  }
  const target = await createRunDir(publishedFolder, run.startedAt, run.environment)
  try {
    // A published run is called as its folder, wherever it was measured.
    const named = { ...run, id: path.basename(target) }
    const log = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    // Compressed, since a long run has a hundred records of a hundred numbers each.
    await writeFileDurably(path.join(target, PACKED_TRIALS_FILE), gzipSync(log, { level: 9 }))
    await writeRun(target, named)
    for (const file of BESIDE) {
      if (existsSync(path.join(folder, file))) await cp(path.join(folder, file), path.join(target, file))
    }
    await writeReport(target, named, records)
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw error
  }
  await refreshCatalogue()
  const shown = path.relative(process.cwd(), target)
  console.log(`${shown} is published; look at its report.html, then commit results/`)
}

/** Names that say nothing of anybody. */
const COMMON = new Set(['root', '/root', 'localhost', 'home', 'user', 'node', 'runner', 'app'])

function identities(): string[] {
  const { username } = userInfo()
  return [hostname(), username, homedir(), path.basename(homedir())].filter((name) => !COMMON.has(name))
}
