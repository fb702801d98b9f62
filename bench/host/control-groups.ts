/**
 * What control groups leave to this process. A limit holds for all groups inside the one that has it, so what counts is
 * the smallest from the process's own group up to the highest that is mounted here. By the kernel's documentation:
 * admin-guide/cgroup-v2.rst, admin-guide/cgroup-v1/{cgroups,cpusets,memory}.rst, scheduler/sched-bwc.rst; where a group
 * lies in a mount by cgroup_namespaces(7) and proc_pid_mountinfo(5).
 */
import { parseCpuList, type Tree, word } from './tree.ts'

/** A limit with the distance to the group that sets it: 0 is the process's own, 1 the one around that. */
export interface Limit {
  value: number
  levelsUp: number
}

type Controller = 'cpu' | 'cpuset' | 'memory'

/** The smallest CPU quota, in cores; null where no level has one. */
export function cpuQuota(tree: Tree): Limit | null {
  return smallest(tree, 'cpu', (folder) => {
    const [limit, period] = word(tree, `${folder}/cpu.max`)?.split(' ') ?? []
    if (limit && period) return limit === 'max' ? null : Number(limit) / Number(period)
    const quota = Number(word(tree, `${folder}/cpu.cfs_quota_us`) ?? -1)
    return quota > 0 ? quota / Number(word(tree, `${folder}/cpu.cfs_period_us`) ?? 100_000) : null
  })
}

/** Version 1 writes "none" as the largest number of whole pages. */
const NO_LIMIT = 2 ** 62

/** The smallest memory limit, in bytes; null where no level has one. */
export function memoryLimit(tree: Tree): Limit | null {
  return smallest(tree, 'memory', (folder) => {
    const text = word(tree, `${folder}/memory.max`) ?? word(tree, `${folder}/memory.limit_in_bytes`)
    if (text === null || text === 'max') return null
    return Number(text) < NO_LIMIT ? Number(text) : null
  })
}

/**
 * The CPUs that the cpuset of the process's own group allows; null where there is no such controller. The kernel has
 * intersected it with those above. Affinity can only take from these.
 */
export function cpusetCpus(tree: Tree): number[] | null {
  const lists = groupFolders(tree, 'cpuset').flatMap((folders) => {
    // Version 2 has the file where the controller is handed down; below that the next one above counts.
    const texts = folders.map(
      (folder) =>
        word(tree, `${folder}/cpuset.cpus.effective`) ??
        word(tree, `${folder}/cpuset.effective_cpus`) ??
        word(tree, `${folder}/cpuset.cpus`),
    )
    const own = texts.find((text) => text !== null)
    return own === undefined || own === null ? [] : [parseCpuList(own)]
  })
  const [first, ...others] = lists
  return first?.filter((cpu) => others.every((list) => list.includes(cpu))) ?? null
}

function smallest(tree: Tree, controller: Controller, of: (folder: string) => number | null): Limit | null {
  const limits = groupFolders(tree, controller).flatMap((folders) =>
    folders.map((folder, levelsUp) => ({ value: of(folder), levelsUp })),
  )
  const known = limits.filter((limit): limit is Limit => limit.value !== null)
  return known.sort((a, b) => a.value - b.value || a.levelsUp - b.levelsUp)[0] ?? null
}

/**
 * Folders of the groups that a controller's limits may come from, the process's own first, for each mount that shows
 * them. Both versions may be there at once; a controller belongs to one of them, and only that one has its files.
 */
export function groupFolders(tree: Tree, controller: Controller): string[][] {
  const own = ownGroups(tree.text('/proc/self/cgroup') ?? '')
  return mounts(tree.text('/proc/self/mountinfo') ?? '').flatMap(({ root, point, type, options }) => {
    const isV2 = type === 'cgroup2'
    if (!isV2 && !(type === 'cgroup' && options.includes(controller))) return []
    const group = own.find(({ controllers }) =>
      isV2 ? controllers.length === 0 : controllers.includes(controller),
    )
    const inside = group && below(root, group.path)
    if (inside === undefined || inside === null) return []
    const names = inside.split('/').filter((name) => name !== '')
    return [names.map((_, up) => [point, ...names.slice(0, names.length - up)].join('/')).concat(point)]
  })
}

/** Lines of /proc/self/cgroup: `number:controllers:path`; version 2 names no controllers. */
function ownGroups(text: string): { controllers: string[]; path: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) return []
    return [{ controllers: controllers.split(',').filter((name) => name !== ''), path }]
  })
}

/**
 * From a mount's root to a group: empty for the root itself, null where the mount does not show the group. Both are
 * written as this process's cgroup namespace sees them. A root above that namespace is `/..`, and the names between are
 * not known, so the mount's root alone can be looked at. A group outside of the namespace is under none of its mounts.
 */
function below(root: string, path: string): string | null {
  if (path.startsWith('/..')) return null
  if (root.startsWith('/..')) return ''
  if (root === '/') return path
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null
}

interface Mount {
  /** What of the file system is mounted. */
  root: string
  point: string
  type: string
  /** Of the file system: version 1 names its controllers there. */
  options: string[]
}

/** Lines of /proc/self/mountinfo: `id parent device root point options [more]… - type source options`. */
export function mounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [ours = '', theirs = ''] = line.split(' - ')
    const [, , , root, point] = ours.split(' ')
    const [type, , options] = theirs.split(' ')
    if (!root || !point || !type) return []
    return [{ root: plain(root), point: plain(point), type, options: options?.split(',') ?? [] }]
  })
}

/** White space and backslashes in paths are written as octal numbers. */
const plain = (path: string) =>
  path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
