/** The folder of a run: `results/<date>-<machine>/`, made, written and read back. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { z } from 'zod'
import { AuthscaleError, hasCode } from '../errors.ts'
import { makeFolders, syncFolder, writeError, writeFileDurably } from './durable.ts'
import { parseRecord, parseTrials } from './parse.ts'
import { type LoadCheck, loadCheckSchema } from './schema/load-check.ts'
import { type PlanCheck, planCheckSchema } from './schema/plan-check.ts'
import { type Environment, type Run, runSchema } from './schema/run.ts'
import type { TrialResult } from './schema/trial.ts'
import { type VerifyRecord, verifySchema } from './schema/verify.ts'
import { PACKED_TRIALS_FILE, TRIALS_FILE } from './trial-log.ts'

export const RUN_FILE = 'run.json'
export const LOAD_CHECK_FILE = 'load-check.json'
export const VERIFY_FILE = 'verify.json'
export const PLAN_CHECK_FILE = 'plan-check.json'
/** What people look at. */
export const PAGE_FILE = 'report.html'

/** A machine by what it is, e.g. `amd-epyc-2-cores`; never by its host name, which is nobody's business. */
export function machineSlug({ cpuModel, cores }: Pick<Environment, 'cpuModel' | 'cores'>): string {
  const model = cpuModel
    .replace(/\((r|tm)\)|@.*$|\b(cpu|processor|\d+-core)\b/gi, ' ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${model || 'unknown'}-${cores}-core${cores === 1 ? '' : 's'}`
}

/**
 * Makes a new folder below `resultsDir` and returns its path; with -2, -3… at the end where a run of that day and
 * machine is there already, since no run may ever overwrite another.
 *
 * @param startedAt ISO time; its date part names the folder
 * @throws AuthscaleError NO_SPACE or WRITE_FAILED
 */
export async function createRunDir(
  resultsDir: string,
  startedAt: string,
  environment: Pick<Environment, 'cpuModel' | 'cores'>,
): Promise<string> {
  const name = `${startedAt.slice(0, 10)}-${machineSlug(environment)}`
  try {
    makeFolders(resultsDir)
    for (let attempt = 1; ; attempt++) {
      const path = join(resultsDir, attempt === 1 ? name : `${name}-${attempt}`)
      if (!(await makeFolder(path))) continue
      await syncFolder(resultsDir)
      return path
    }
  } catch (error) {
    throw writeError(error, join(resultsDir, name), 'start again; nothing was measured yet')
  }
}

/** Writes `run.json` whole or not at all. Throws AuthscaleError NO_SPACE or WRITE_FAILED. */
export async function writeRun(runDir: string, run: Run): Promise<void> {
  await writeFileDurably(join(runDir, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`)
}

export interface StoredRun {
  run: Run
  results: TrialResult[]
  /** A sentence when the last line of the log was cut short and is left out; null otherwise. Nothing is changed. */
  damage: string | null
}

/**
 * Reads a run without changing anything in its folder.
 *
 * @throws AuthscaleError RUN_NOT_FOUND, UNREADABLE, NEWER_SCHEMA or BAD_RECORD
 */
export async function readRun(runDir: string): Promise<StoredRun> {
  const run = await readRecord(runSchema, runDir, RUN_FILE)
  const { text, path: trialsPath } = await readTrials(runDir)
  const { results, cutAt } = parseTrials(text, trialsPath)
  const planned = new Set(run.plan.map(({ id }) => id))
  const stray = results.find(({ trial }) => !planned.has(trial.id))
  if (stray) {
    throw new AuthscaleError(
      'BAD_RECORD',
      `${trialsPath} holds ${stray.trial.id}, which ${RUN_FILE} does not plan: these files are not of one run`,
    )
  }
  const damage =
    cutAt === null ? null : `the last line of ${trialsPath} was cut short by a crash and is left out`
  return { run, results, damage }
}

/** The runs in a folder of runs. Those that cannot be read are somebody else's to mend, and are left out. */
export function readRunsIn(parent: string): Promise<(StoredRun & { folder: string })[]> {
  return readEachIn(parent, readRun)
}

/** The same without the trials, which are most of what there is to read. */
export function readPlansIn(parent: string): Promise<{ run: Run; folder: string }[]> {
  return readEachIn(parent, async (folder) => ({ run: await readRecord(runSchema, folder, RUN_FILE) }))
}

async function readEachIn<T>(
  parent: string,
  read: (folder: string) => Promise<T>,
): Promise<(T & { folder: string })[]> {
  const folders = (await readdir(parent).catch(() => [])).map((name) => join(parent, name))
  const all = folders.map((folder) =>
    read(folder).then(
      (found) => [{ folder, ...found }],
      () => [],
    ),
  )
  return (await Promise.all(all)).flat()
}

/** Reads the comparison of the load generator with wrk that lies beside a published run. Throws like `readRun`. */
export function readLoadCheck(runDir: string): Promise<LoadCheck> {
  return readRecord(loadCheckSchema, runDir, LOAD_CHECK_FILE)
}

/** Reads the proofs of the instrument that lie beside a published run. Throws like `readRun`. */
export function readVerify(runDir: string): Promise<VerifyRecord> {
  return readRecord(verifySchema, runDir, VERIFY_FILE)
}

/** Reads the plans that were started, which lie beside a published run. Throws like `readRun`. */
export function readPlanCheck(runDir: string): Promise<PlanCheck> {
  return readRecord(planCheckSchema, runDir, PLAN_CHECK_FILE)
}

async function readRecord<T>(schema: z.ZodType<T>, runDir: string, file: string): Promise<T> {
  const path = join(runDir, file)
  return parseRecord(schema, await read(path), path)
}

/** False when the folder is there already. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * The log as it is written, else as a long one is published: compressed. A harness that was killed before it had made
 * one has no trials yet.
 */
async function readTrials(runDir: string): Promise<{ text: string; path: string }> {
  const [plain, packed] = [join(runDir, TRIALS_FILE), join(runDir, PACKED_TRIALS_FILE)]
  if (existsSync(plain)) return { text: await read(plain), path: plain }
  if (!existsSync(packed)) return { text: '', path: plain }
  const content = await readBytes(packed)
  try {
    return { text: gunzipSync(content).toString('utf8'), path: packed }
  } catch (cause) {
    const message = `${packed} is damaged (${(cause as Error).message}): fetch it anew`
    throw new AuthscaleError('BAD_RECORD', message, { cause })
  }
}

const read = async (path: string): Promise<string> => (await readBytes(path)).toString('utf8')

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const [kind, message] =
      code === 'ENOENT'
        ? ['RUN_NOT_FOUND', `${path} does not exist: name the folder of a run`]
        : ['UNREADABLE', `cannot read ${path} (${code}): make it readable`]
    throw new AuthscaleError(kind, message, { cause: error })
  }
}
