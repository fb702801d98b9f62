/** All that is recorded of the machine beneath a run, but for what Node tells by itself. Nothing in it names a host or a person. */
import type { Host } from '../record/types.ts'
import { cpuQuota, cpusetCpus, memoryLimit } from './control-groups.ts'
import { cryptoFlags } from './cpu-flags.ts'
import { frequency } from './frequency.ts'
import { powerSource } from './power.ts'
import { byCore, byNode, smtActive, tellsCores } from './topology.ts'
import type { Tree } from './tree.ts'
import { container, hypervisor } from './virtualization.ts'

/**
 * @param allowedCpus CPUs that this process may use
 * @param detectVirt what `systemd-detect-virt --vm` says; null where it is not there
 */
export function readHost(tree: Tree, allowedCpus: readonly number[], detectVirt: string | null): Host {
  return {
    hypervisor: hypervisor(tree, detectVirt),
    container: container(tree),
    cpuQuota: cpuQuota(tree),
    memoryLimit: memoryLimit(tree),
    cpuset: cpusetCpus(tree),
    allowedCpus: [...allowedCpus],
    cores: tellsCores(tree, allowedCpus) ? byCore(tree, allowedCpus) : null,
    smtActive: smtActive(tree),
    numaNodes: byNode(tree, allowedCpus),
    frequency: frequency(tree, allowedCpus),
    cryptoFlags: cryptoFlags(tree),
    power: powerSource(tree),
  }
}
