/** The files by which the kernel takes CPU quotas, in version 1 and in version 2 of control groups. */
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unlessCode } from '../../errors.ts'
import type { QuotaMethod } from './cgroup.ts'

/** Time over which a quota is counted, and the kernel's default: a shorter one would interrupt work more often. */
export const PERIOD_US = 100_000

/** What the versions do differently. Errors are those of the file system, with their `code`. */
interface QuotaFiles {
  /**
   * Lets groups inside this one have quotas.
   * @returns takes it back, unless somebody else uses it by then
   * @throws EBUSY where the group holds processes; ENOENT where the controller is not handed down to it
   */
  open(group: string): () => void
  /**
   * Sets quota and weight.
   * @param quotaUs CPU time a period
   * @param weightUs the quota whose weight it has among the others; its own, or less for what may keep nobody waiting
   */
  limit(group: string, quotaUs: number, weightUs: number): void
}

/** By the kernel's documentation: scheduler/sched-bwc.rst and admin-guide/cgroup-v2.rst. */
export const quotaFiles: Readonly<Record<QuotaMethod, QuotaFiles>> = {
  'cgroup-v1': {
    // Each group has the files of every controller of its tree.
    open: () => () => {},
    limit(group, quotaUs, weightUs) {
      write(group, 'cpu.cfs_period_us', PERIOD_US)
      write(group, 'cpu.cfs_quota_us', quotaUs)
      write(group, 'cpu.shares', weight(weightUs, 1024))
    },
  },
  'cgroup-v2': {
    open(group) {
      // A process moves only where the mover may write to the common ancestor of where it was and where it goes.
      accessSync(join(group, 'cgroup.procs'), constants.W_OK)
      if (hasCpu(group, 'cgroup.subtree_control')) return () => {}
      if (!hasCpu(group, 'cgroup.controllers'))
        throw Object.assign(new Error('no cpu controller'), { code: 'ENOENT' })
      write(group, 'cgroup.subtree_control', '+cpu')
      return () => unlessBusy(() => write(group, 'cgroup.subtree_control', '-cpu'))
    },
    limit(group, quotaUs, weightUs) {
      write(group, 'cpu.max', `${quotaUs} ${PERIOD_US}`)
      write(group, 'cpu.weight', weight(weightUs, 100))
    },
  },
}

/**
 * When the CPUs are too busy to grant every quota, all groups should lack the same share of theirs. At equal weights the
 * largest lacks most: beside a generator that takes one core of two, eight replicas and Redis with 10 % each got all
 * of it, and a proxy with 30 % a third of it; with these weights each of them got about 84 %.
 * @param usual weight of a group that nobody has set, taken as that of one core
 */
function weight(quotaUs: number, usual: number): number {
  return Math.max(Math.round((quotaUs / PERIOD_US) * usual), 1)
}

/** Moves a process, with all its threads, in either version. */
export function moveInto(group: string, pid: number): void {
  write(group, 'cgroup.procs', pid)
}

/** @returns false when something is still in use */
export function unlessBusy(action: () => void): boolean {
  const done = unlessCode(['EBUSY'], () => {
    action()
    return true
  })
  return done ?? false
}

function hasCpu(group: string, file: string): boolean {
  return readFileSync(join(group, file), 'latin1').trim().split(' ').includes('cpu')
}

function write(group: string, file: string, value: string | number): void {
  // Never made by us: a control file that is not there means that the controller is not.
  writeFileSync(join(group, file), String(value), { flag: 'r+' })
}
