/** Tells a process from a later one with the same pid, so that clean-up never ends a stranger. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { unlessCode } from '../../errors.ts'

/** A process, named well enough to be recognised after the harness that started it is gone. */
export interface ProcessIdentity {
  pid: number
  /** Opaque; equal only for the same process on the same boot of the same machine. */
  startTime: string
}

/** Identity of a running process, or null when there is none with this pid. */
export function identify(pid: number): ProcessIdentity | null {
  const startTime = process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid)
  return startTime === null ? null : { pid, startTime }
}

/** True while exactly this process runs; a zombie that nobody has reaped yet counts as gone. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime
}

function linuxStartTime(pid: number): string | null {
  const stat = unlessCode(['ENOENT', 'ESRCH'], () => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === undefined) return null
  // The command name may hold spaces and parentheses; fields count from behind its last one (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X') return null
  // Ticks count from boot, so after a reboot the same pid could carry the same number.
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${bootId}/${startTicks}`
}

function psStartTime(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch (error) {
    if ((error as { status?: number }).status === 1) return null
    throw error
  }
}
