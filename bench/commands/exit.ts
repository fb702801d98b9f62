/** Ends the process on an error: one line for what a user can mend, a stack only for a fault of ours. */
import { CommanderError } from 'commander'
import { AuthscaleError } from '../errors.ts'

/** What a process ends with; help and docs print the same. */
export const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'refused, or a bound was missed: the line that begins with "error:" says what to do'],
  ['2', 'wrong use of the command line'],
  ['70', 'a fault of authscale itself: please report what it printed'],
  ['130', 'stopped by Ctrl-C, with everything that was finished kept (143 by SIGTERM, 129 by SIGHUP)'],
] as const

/** What to do about errors of the system that can come from any write or spawn. */
const SYSTEM_ERRORS: Record<string, string> = {
  ENOSPC: 'no space left on the disk: free some; every finished trial is kept, go on with --resume',
  EROFS: 'the disk is read-only: choose a writable folder with --out',
  EACCES: 'permission denied: choose a folder that you may write to with --out',
  EMFILE: 'too many open files: raise the limit, for example with `ulimit -n 65536`',
}

export function exitWith(error: unknown): never {
  // Commander has said all there is to say.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  if (error instanceof AuthscaleError) {
    console.error(`error: ${error.message}`)
    process.exit(error.exitCode)
  }
  const { code = '', path } = error as NodeJS.ErrnoException
  const advice = SYSTEM_ERRORS[code]
  if (advice) {
    console.error(`error: ${path ? `${path}: ` : ''}${advice}`)
    process.exit(1)
  }
  console.error(error)
  process.exit(70)
}
