/** The test files of the project, by kind. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { real, timed } from './kinds.ts'

export const root = path.resolve(import.meta.dirname, '../..')

/** Paths from the project's root, in the same order everywhere. */
export const testFiles: readonly string[] = ['bench', 'servers']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, ...file.split(path.sep)),
    ),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .sort()

export const quick = testFiles.filter((file) => ![real, timed].some((kind) => kind.includes(file)))
