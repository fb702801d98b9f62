/** Limits of the system on what a user may have: files, since every connection costs some, and processes. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { AuthscaleError } from '../errors.ts'
import { sum } from '../stats/sums.ts'
import { textOf } from './tools/path.ts'

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

/**
 * Processes and threads that this user may still start (RLIMIT_NPROC, setrlimit(2)); infinite for root, whom the limit does
 * not bind, and where the system has no /proc.
 */
export function freeProcesses(): number {
  const limit = /^Max processes\s+(\d+)/m.exec(textOf('/proc/self/limits') ?? '')?.[1]
  const user = process.getuid?.()
  if (limit === undefined || user === undefined || user === 0) return Number.POSITIVE_INFINITY
  const threads = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => textOf(`/proc/${pid}/status`) ?? '')
    .filter((status) => Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === user)
    .map((status) => Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 1))
  return Math.max(0, Number(limit) - sum(threads))
}
