/** File descriptors: every connection costs some, and running out of them looks like a slow server. */
import { execFileSync } from 'node:child_process'
import { AuthscaleError } from '../errors.ts'

/** What a process needs beside its connections: libraries, logs, pipes, its own sockets. */
const SPARE = 200

/** Most files that one process started from here may have open. */
export function fileLimit(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}

/** Descriptors that the busiest process needs: the proxy holds two sockets a connection. */
export function filesNeeded(connections: number): number {
  return 2 * connections + SPARE
}

/** @throws AuthscaleError TOO_FEW_FILES when so many connections cannot be opened */
export function requireFiles(connections: number, limit = fileLimit()): void {
  const needed = filesNeeded(connections)
  if (limit >= needed) return
  const problem = `${connections} connections need ${needed} open files a process and ${limit} are allowed`
  const advice = `run \`ulimit -n ${needed}\` in this shell first (as root if it is refused), or lower --connections`
  throw new AuthscaleError('TOO_FEW_FILES', `${problem}: ${advice}`)
}

/** Connections that the limit allows, for the proxy's own ceiling. */
export function connectionsAllowed(limit = fileLimit()): number {
  // HAProxy sizes its tables by this number, so an "unlimited" must not reach it.
  return Math.max(Math.min(Math.floor((limit - SPARE) / 2), 20_000), 16)
}
