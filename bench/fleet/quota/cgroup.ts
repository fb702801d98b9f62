/** How long a CPU quota has held this process and its children back. */
import { groupFolders } from '../../host/control-groups.ts'
import { type Tree, thisMachine } from '../../host/tree.ts'
import { textOf } from '../tools/path.ts'

/** How processes can be given CPU quotas: the kernel's control groups, in one of their two versions. */
export type QuotaMethod = 'cgroup-v1' | 'cgroup-v2'

const MOUNT = '/sys/fs/cgroup'

/**
 * Throttled time in µs since the groups were made, of the process's own group and of all those around it together, since
 * a quota of any of them stops it: times in which two of them do so count twice. Null where there is no such account, as
 * in the root of a cgroup v2 tree, which has no quota. Fleet and generator are children of the harness and share its
 * cgroup, except for what a scale model limits: each of those is throttled by design, in a group of its own.
 */
export function throttledUs(tree: Tree = thisMachine): number | null {
  const known = accountsOf(tree)
    .map((file) => parseThrottledUs(tree.text(file) ?? ''))
    .filter((us) => us !== null)
  return known.length === 0 ? null : known.reduce((sum, us) => sum + us, 0)
}

/** The kernel's list of mounts is long, and takes longer to read than the accounts; nobody moves a harness while it measures. */
const found = new WeakMap<Tree, readonly string[]>()

function accountsOf(tree: Tree): readonly string[] {
  const known = found.get(tree)
  if (known) return known
  const files = groupFolders(tree, 'cpu').flatMap((folders) => folders.map((folder) => `${folder}/cpu.stat`))
  found.set(tree, files)
  return files
}

/** Text of /proc/self/cgroup; null where there is none. */
export const ownCgroup = () => textOf('/proc/self/cgroup')

/** The control group of this process in one tree. */
export interface CpuGroup {
  method: QuotaMethod
  /** Folder of the tree's root. */
  mount: string
  /** From the root to the group: empty, or slash and name for each level. */
  path: string
}

/**
 * The groups that may limit this process's CPU, by /proc/self/cgroup. Version 1 comes first: where both are mounted,
 * the CPU controller belongs to the one that names it.
 */
export function cpuGroups(own: string, mount = MOUNT): CpuGroup[] {
  const lines = own
    .trim()
    .split('\n')
    .map((line) => {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      return { controllers, path: path.replace(/\/$/, '') }
    })
  const v1 = lines.filter(({ controllers }) => controllers.split(',').includes('cpu'))
  const v2 = lines.filter(({ controllers }) => controllers === '')
  return [
    ...v1.map((one) => ({
      method: 'cgroup-v1' as const,
      mount: `${mount}/${one.controllers}`,
      path: one.path,
    })),
    ...v2.map(({ path }) => ({ method: 'cgroup-v2' as const, mount, path })),
  ]
}

/** Version 2 counts `throttled_usec`, version 1 `throttled_time` in ns. */
export function parseThrottledUs(stat: string): number | null {
  const value = (name: string) => new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]
  const [us, ns] = [value('throttled_usec'), value('throttled_time')]
  if (us !== undefined) return Number(us)
  return ns === undefined ? null : Number(ns) / 1_000
}
