/**
 * Which CPUs are threads of the same core, and which share memory. By the kernel's admin-guide/cputopology.rst,
 * admin-guide/hw-vuln and ABI/stable/sysfs-devices-node. In a virtual machine it is what its hypervisor tells, which
 * need not be so.
 */
import { parseCpuList, switched, type Tree, word } from './tree.ts'

const CPUS = '/sys/devices/system/cpu'
const NODES = '/sys/devices/system/node'

/**
 * The given CPUs by the core that they are threads of, in the order of their first thread. Where the kernel does not tell
 * of a CPU, it counts as a core of its own.
 */
export function byCore(tree: Tree, cpus: readonly number[]): number[][] {
  const cores = new Map<number, number[]>()
  for (const cpu of cpus) {
    const [first = cpu] = siblings(tree, cpu) ?? []
    const threads = cores.get(first)
    if (threads) threads.push(cpu)
    else cores.set(first, [cpu])
  }
  return [...cores.values()]
}

/** Whether the kernel tells of all of these which core they belong to. */
export function tellsCores(tree: Tree, cpus: readonly number[]): boolean {
  return cpus.every((cpu) => siblings(tree, cpu) !== null)
}

/** `thread_siblings_list` is the name before Linux 5.3. */
function siblings(tree: Tree, cpu: number): number[] | null {
  const folder = `${CPUS}/cpu${cpu}/topology`
  const list = word(tree, `${folder}/core_cpus_list`) ?? word(tree, `${folder}/thread_siblings_list`)
  return list === null ? null : parseCpuList(list)
}

/** Whether any core of the machine runs more than one thread, also one that we may not use; null where nothing tells. */
export function smtActive(tree: Tree): boolean | null {
  return switched(tree, `${CPUS}/smt/active`)
}

/** The given CPUs by NUMA node, nodes without any left out; null where the kernel does not tell. */
export function byNode(tree: Tree, cpus: readonly number[]): number[][] | null {
  const lists = tree
    .list(NODES)
    .filter((name) => /^node\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((name) => parseCpuList(word(tree, `${NODES}/${name}/cpulist`) ?? ''))
  const nodes = lists.map((list) => cpus.filter((cpu) => list.includes(cpu)))
  return lists.length === 0 ? null : nodes.filter((node) => node.length > 0)
}
