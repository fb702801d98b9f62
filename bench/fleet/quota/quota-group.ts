/** The control group of a run and those of its processes inside: made, found again after a kill, removed. */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { becomes } from '../../load/in-time.ts'
import { identify } from '../processes/identity.ts'
import type { QuotaMethod } from './cgroup.ts'
import { quotaFiles, unlessBusy } from './quota-files.ts'

const EMPTY_WITHIN_MS = 2_000
const POLL_MS = 20

/** Where groups can be made. */
export interface QuotaGround {
  method: QuotaMethod
  /** Folder of the group that ours go into. */
  parent: string
}

/**
 * How folders become groups. The kernel fills a group with control files as it is made and takes them along as it is
 * removed; a test that has a plain folder tree in its place must do that itself.
 */
export interface Kernel {
  make(folder: string): void
  /** @throws EBUSY while a process is inside */
  remove(folder: string): void
}

export const linux: Kernel = { make: (folder) => mkdirSync(folder), remove: (folder) => rmdirSync(folder) }

export interface RunGroup {
  readonly folder: string
  /** Makes a group with a quota of so many µs a period, or changes that of the one that is there. @returns its folder */
  add(name: string, quotaUs: number, weightUs?: number): string
  /** All of them at once. @throws EBUSY while a process is inside */
  remove(): void
}

/** The name tells whose it is. @param pid of the harness */
export function groupFolder(parent: string, pid: number, nonce: string): string {
  return join(parent, `authscale-${pid}-${nonce}`)
}

/** @throws ErrnoException where no group with a quota can be made; then there is none of ours either */
export function openGroup(ground: QuotaGround, nonce: string, kernel: Kernel): RunGroup {
  const files = quotaFiles[ground.method]
  const folder = groupFolder(ground.parent, process.pid, nonce)
  const takeBack = files.open(ground.parent)
  const remove = () => {
    removeGroup(folder, kernel)
    takeBack()
  }
  try {
    kernel.make(folder)
    files.open(folder)
  } catch (error) {
    remove()
    throw error
  }
  return {
    folder,
    add(name, quotaUs, weightUs = quotaUs) {
      const group = join(folder, name)
      if (!existsSync(group)) kernel.make(group)
      files.limit(group, quotaUs, weightUs)
      return group
    },
    remove,
  }
}

/** Processes leave their group a moment after they are reported as gone. @returns false when some stay */
export function onceEmpty(remove: () => void): Promise<boolean> {
  return becomes(() => unlessBusy(remove), EMPTY_WITHIN_MS, POLL_MS)
}

/** Removes what a killed run left: empty groups alone. @returns false when it holds processes */
export function removeAbandoned(folder: string): Promise<boolean> {
  return onceEmpty(() => removeGroup(folder, linux))
}

/** What harnesses left that were killed while they tried whether groups can be made here. */
export function removeTrials(parent: string, nonce: string, kernel: Kernel): void {
  for (const name of readdirSync(parent)) {
    const [, pid, its] = /^authscale-(\d+)-(.+)$/.exec(name) ?? []
    if (its !== nonce || identify(Number(pid)) !== null) continue
    try {
      removeGroup(join(parent, name), kernel)
    } catch {
      // Another user's, or removed by another harness in this moment.
    }
  }
}

function removeGroup(folder: string, kernel: Kernel): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) kernel.remove(join(folder, entry.name))
  }
  kernel.remove(folder)
}
