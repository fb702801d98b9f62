/** Ends the process on an error: one line for what a user can mend, a stack only for a fault of ours. */
import { AuthscaleError } from '../errors.ts'

/** What to do about errors of the system that can come from any write or spawn. */
const SYSTEM_ERRORS: Record<string, string> = {
  ENOSPC: 'no space left on the disk: free some; every finished trial is kept, go on with --resume',
  EROFS: 'the disk is read-only: choose a writable folder with --out',
  EACCES: 'permission denied: choose a folder that you may write to with --out',
  EMFILE: 'too many open files: raise the limit, for example with `ulimit -n 65536`',
}

export function exitWith(error: unknown): never {
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
