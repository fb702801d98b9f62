/** Programs that are run to their end, for what they say. */
import { type ExecFileOptions, execFile, type PromiseWithChild } from 'node:child_process'
import { promisify } from 'node:util'
import { lastLines } from '../../load/last-words.ts'
import { environmentOf } from '../processes/child-environment.ts'

/** Longer than any question takes that is asked here; who waits for a download says so. */
const LIMIT_MS = 60_000

const execute = promisify(execFile)

/** Nothing is waited for without end. @throws Failure also when it takes too long */
export function run(
  file: string,
  args: readonly string[],
  options: Omit<ExecFileOptions, 'encoding'> = {},
): PromiseWithChild<{ stdout: string; stderr: string }> {
  return execute(file, args, { timeout: LIMIT_MS, env: environmentOf('client'), ...options })
}

/** What `run` rejects with: what the program said is with it. */
export interface Failure extends Error {
  stdout?: string
  stderr?: string
}

/** The program's own last words, or else why it did not run. */
export const reasonOf = ({ stderr, message }: Failure): string => lastLines(stderr || message)

/** The version that a program tells of itself; one that cannot tell it cannot be run either: null. */
export async function toldVersion(
  [file, ...args]: readonly [string, ...string[]],
  version: RegExp,
  options: { env?: NodeJS.ProcessEnv; timeout: number },
): Promise<string | null> {
  // wrk prints its version and exits with 1.
  const { stdout } = await run(file, args, options).catch((error: Failure) => error)
  return version.exec(stdout ?? '')?.[1] ?? null
}
