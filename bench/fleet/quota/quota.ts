/** CPU quotas for the processes of a fleet: whether the kernel grants them here, and putting them in force. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthscaleError } from '../../errors.ts'
import { type CpuGroup, cpuGroups, ownCgroup, parseThrottledUs } from './cgroup.ts'
import { moveInto, PERIOD_US } from './quota-files.ts'
import { type Kernel, linux, onceEmpty, openGroup, type QuotaGround, removeTrials } from './quota-group.ts'

/** The kernel takes no less. */
const LEAST_QUOTA_US = 1_000

/** In place of a nonce: that group is there for a moment, and before a manifest could name it. */
const TRIAL = 'trial'

/** Where groups with quotas can be made, or why nowhere, as one sentence. */
export type QuotaSupport = { ground: QuotaGround; problem: null } | { ground: null; problem: string }

/** This process's control groups; tests pass a folder tree of their own. */
export interface Cgroups {
  mount?: string
  /** Text of /proc/self/cgroup; null where there is none. */
  own?: string | null
  kernel?: Kernel
}

/**
 * Tries it: a group with a quota is made and removed again. Nearest to this process first, so that limits that it
 * is under itself hold for its fleet too. Version 2 gives quotas to no group beside processes of the group above, so
 * there it is usually one of those further up, if this process may write to it.
 */
export function findQuotaMethod({ mount, own = ownCgroup(), kernel = linux }: Cgroups = {}): QuotaSupport {
  const [group] = own === null ? [] : cpuGroups(own, mount)
  if (!group) return { ground: null, problem: 'CPU quotas need the control groups of Linux' }
  let problem = ''
  for (const parent of upwards(group)) {
    const ground = { method: group.method, parent }
    try {
      removeTrials(parent, TRIAL, kernel)
      const trial = openGroup(ground, TRIAL, kernel)
      try {
        trial.add('trial', PERIOD_US)
      } finally {
        trial.remove()
      }
      return { ground, problem: null }
    } catch (error) {
      problem = reason(error as NodeJS.ErrnoException)
    }
  }
  return { ground: null, problem }
}

/** The group's folder and those above it, up to the root of its tree. */
function upwards({ mount, path }: CpuGroup): string[] {
  const levels = path.split('/')
  return levels.map((_, above) => mount + levels.slice(0, levels.length - above).join('/'))
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `this process may not make control groups (${code})`
  if (code === 'EBUSY')
    return 'the control group of this process holds processes and cannot be divided (EBUSY)'
  if (code === 'ENOENT') return 'no control group of this process has the CPU controller (ENOENT)'
  return `no control group with a CPU quota can be made here (${message})`
}

/** Processes under quotas, each in a group of its own. */
export interface QuotaGroups {
  /**
   * Puts a process with all its threads under a quota; children that it has already stay outside. Again with the same
   * name: another quota.
   * @param name of the group, one for each process
   * @param cores CPU time over wall time
   * @param yielding whether it lets all others run first
   * @throws AuthscaleError QUOTA_TOO_SMALL, QUOTA_FAILED
   */
  limit(name: string, pid: number, cores: number, yielding?: boolean): void
  /** Time for which a group's quota has held its process back so far, in µs. */
  throttledUs(name: string): number
  /** Waits until the processes have ended, for some seconds, and removes all groups. @throws AuthscaleError STOP_FAILED */
  close(): Promise<void>
}

/** Makes the group of this run, empty as yet. @param nonce of the run folder, by which a sweep finds it after a kill */
export function openQuotas(ground: QuotaGround, nonce: string, kernel = linux): QuotaGroups {
  const group = openGroup(ground, nonce, kernel)
  const inside = new Set<string>()
  return {
    limit(name, pid, cores, yielding = false) {
      const quota = quotaUs(name, cores)
      try {
        const folder = group.add(name, quota, yielding ? LEAST_QUOTA_US : quota)
        // Processes that are inside stay there: moving a process stops it for as long as the kernel takes to agree.
        if (!inside.has(name)) moveInto(folder, pid)
        inside.add(name)
      } catch (cause) {
        const message = `${name} (process ${pid}) cannot be held to ${cores} cores: ${(cause as Error).message}; npm run doctor says whether quotas work here`
        throw new AuthscaleError('QUOTA_FAILED', message, { cause })
      }
    },
    throttledUs(name) {
      const throttled = parseThrottledUs(readFileSync(join(group.folder, name, 'cpu.stat'), 'latin1'))
      if (throttled === null) throw new Error(`the control group of ${name} does not count throttled time`)
      return throttled
    },
    async close() {
      if (await onceEmpty(() => group.remove())) return
      throw new AuthscaleError('STOP_FAILED', `${group.folder} still holds processes; end them by hand`)
    },
  }
}

/** CPU time a period, in µs. @throws AuthscaleError QUOTA_TOO_SMALL */
export function quotaUs(name: string, cores: number): number {
  const quota = Math.round(cores * PERIOD_US)
  if (quota >= LEAST_QUOTA_US) return quota
  const problem = `${name} would get ${cores} cores and the kernel takes no quota below ${LEAST_QUOTA_US / PERIOD_US}`
  throw new AuthscaleError('QUOTA_TOO_SMALL', `${problem}: give it at least that, or start fewer replicas`)
}
