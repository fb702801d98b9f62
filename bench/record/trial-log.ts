/** `trials.jsonl`: one line a trial, on disk before the next trial starts, whole lines only. */
import { existsSync } from 'node:fs'
import { appendFile, type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthscaleError } from '../errors.ts'
import { syncFolder, writeError } from './durable.ts'
import { parseTrials } from './parse.ts'
import type { TrialResult } from './schema/trial.ts'

export const TRIALS_FILE = 'trials.jsonl'
/** The same, as a long run is published; nothing is ever appended to it. */
export const PACKED_TRIALS_FILE = `${TRIALS_FILE}.gz`
export const DAMAGED_FILE = 'trials.damaged.jsonl'

const NEWLINE = 0x0a

export interface TrialLog {
  /** What the file held when it was opened. */
  readonly results: readonly TrialResult[]
  /** A sentence for the user when a cut last line was put aside; null when the file was whole. */
  readonly damage: string | null
  /** Resolves when the line is on disk. Throws AuthscaleError NO_SPACE or WRITE_FAILED; earlier lines are kept. */
  append(result: TrialResult): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the log of a new or resumed run. A last line that a crash cut short moves to `trials.damaged.jsonl`, so
 * that nothing is appended to half a record and nothing is lost.
 *
 * @throws AuthscaleError for a log that cannot be opened, or records that this version cannot read
 */
export async function openTrialLog(runDir: string): Promise<TrialLog> {
  const path = join(runDir, TRIALS_FILE)
  if (existsSync(join(runDir, PACKED_TRIALS_FILE))) {
    throw new AuthscaleError(
      'PACKED_RUN',
      `${runDir} is packed for publication: to go on with it, gunzip its ${PACKED_TRIALS_FILE} first`,
    )
  }
  const file = await open(path, 'a').catch((error) => {
    throw writeError(error, TRIALS_FILE, 'try again; nothing was changed')
  })
  try {
    await syncFolder(runDir)
    const content = await readFile(path)
    const { results, cutAt } = parseTrials(content.toString('utf8'), path)
    const damage = cutAt === null ? null : await putAside(runDir, file, content, cutAt)
    if (!damage && content.length > 0 && content.at(-1) !== NEWLINE) await appendLine(file, '\n')
    return {
      results,
      damage,
      append: (result) => appendLine(file, `${JSON.stringify(result)}\n`),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Appends one whole line and waits for the disk; a line that the disk took only a part of is cut off again. */
export async function appendLine(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat()
  try {
    await file.appendFile(line)
    await file.sync()
  } catch (error) {
    const undone = await file.truncate(size).then(
      () => true,
      () => false,
    )
    const rest = undone ? '' : ', what is left of this one is put aside then'
    throw writeError(error, TRIALS_FILE, `go on with --resume; every trial before is kept${rest}`)
  }
}

/** Copies first and cuts after, both synced: a crash in between repeats the copy and loses nothing. */
async function putAside(runDir: string, file: FileHandle, content: Buffer, cutAt: number): Promise<string> {
  const tail = content.subarray(cutAt)
  const end = tail.at(-1) === NEWLINE ? '' : '\n'
  try {
    await appendFile(join(runDir, DAMAGED_FILE), Buffer.concat([tail, Buffer.from(end)]), { flush: true })
    await syncFolder(runDir)
    await file.truncate(cutAt)
    await file.sync()
  } catch (error) {
    throw writeError(error, DAMAGED_FILE, `go on with --resume; ${TRIALS_FILE} is unchanged`)
  }
  return `the last line of ${TRIALS_FILE} was cut short by a crash; it is kept in ${DAMAGED_FILE} and its trial is measured again`
}
