/** Writes that a crash or a full disk cannot turn into a damaged file. */
import { mkdirSync, statSync } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { AuthscaleError, hasCode } from '../errors.ts'

/** Beside a file, what a crash may leave of a newer one; the next write removes it. */
export const temporaryOf = (path: string): string => `${path}.tmp`

/**
 * Puts `content` at `path` whole or not at all: a temporary file is written and synced before it takes the name,
 * then the folder is synced so that the name survives a power loss. Done by hand because write-file-atomic and
 * atomically replace a good file by a truncated one, without an error, when the disk is full.
 *
 * @throws AuthscaleError NO_SPACE or WRITE_FAILED; what stood at `path` before is untouched
 */
export async function writeFileDurably(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryOf(path)
  try {
    await rm(temporary, { force: true })
    await writeFile(temporary, content, { flag: 'wx', flush: true })
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw writeError(error, basename(path), 'try again; what stood there before is untouched')
  }
}

/**
 * Makes a folder and all above it that are missing. Not by `recursive`: where the system says that a folder which is there cannot be
 * found, as /proc does to who would make one in it, that tries again for ever.
 *
 * @returns the first that it made; undefined where all of it was there
 */
export function makeFolders(folder: string): string | undefined {
  try {
    mkdirSync(folder)
    return folder
  } catch (error) {
    if (hasCode(error, 'EEXIST') && isFolder(folder)) return undefined
    const above = dirname(folder)
    if (!hasCode(error, 'ENOENT') || isFolder(above) || above === folder) throw error
    const first = makeFolders(above)
    mkdirSync(folder)
    return first ?? folder
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Makes new, renamed and removed names in `folder` survive a power loss. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Disk full, quota reached, file-size limit reached: to the user one thing. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** @param next what the user does after that, and what is kept, to end the sentence with */
export function writeError(error: unknown, file: string, next: string): AuthscaleError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  const [kind, problem, remedy] = NO_SPACE.has(code)
    ? ['NO_SPACE', 'no space to write', 'free some']
    : ['WRITE_FAILED', 'cannot write', 'make it writable']
  return new AuthscaleError(kind, `${problem} ${file} (${code}): ${remedy}, then ${next}`, { cause: error })
}
