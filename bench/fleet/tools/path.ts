/** Where things are: programs on PATH, the temporary folder, and files that need not be there. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

/** The system's, or the one that TMPDIR names, which may be relative to where the harness stands. */
export const temporaryFolder = () => resolve(tmpdir())

/** Debian keeps daemons in sbin, which is not on an ordinary user's PATH. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Absolute path of an executable on PATH or in an sbin folder, or undefined. */
export function onPath(program: string): string | undefined {
  return inFolders(program, [...(process.env.PATH ?? '').split(delimiter), ...SBIN])
}

/** The first of the folders that holds an executable file of this name, as a full path. */
export function inFolders(program: string, folders: readonly string[]): string | undefined {
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable)
}

/** Null where it cannot be read. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
