/** Public test vectors, read from a folder beside the project where there is one; they are not part of it. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const FOLDER = path.resolve(import.meta.dirname, '../../../shared/vectors')

/** The parsed file, or the reason why a test cannot have it. */
export function vectors<T>(file: string): { data: T; missing: false } | { data: null; missing: string } {
  const whole = path.join(process.env.VECTORS ?? FOLDER, file)
  if (existsSync(whole)) return { data: JSON.parse(readFileSync(whole, 'utf8')) as T, missing: false }
  return {
    data: null,
    missing: `needs ${file}, public test vectors that are no part of the project: put it into ../shared/vectors beside the project, or into a folder that the variable VECTORS names`,
  }
}
