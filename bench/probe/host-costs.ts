/** What of the machine costs something: each fact that makes figures less than they seem, as a sentence. Pure. */
import type { Host, Placement } from '../record/types.ts'

export interface HostCost {
  /** What it is about, for a column of names. */
  name: string
  /** What was found. */
  detail: string
  /** What it does to figures, and what would avoid it. */
  cost: string
}

/** @param placement of one replica; where nothing is pinned it says nothing of threads */
export function hostCosts(host: Host, placement: Placement): HostCost[] {
  return [quota(host), threads(host, placement), nodes(host), ...clock(host), power(host)].filter(
    (one) => one !== null,
  )
}

function quota({ cpuQuota, allowedCpus }: Host): HostCost | null {
  if (cpuQuota === null || cpuQuota.value >= allowedCpus.length) return null
  const { value, levelsUp } = cpuQuota
  const level = levelsUp === 0 ? 'its own control group' : `a control group ${levelsUp} above its own`
  return {
    name: 'CPU quota',
    detail: `${value} cores for ${allowedCpus.length} CPUs, by ${level}`,
    cost: 'a control group throttles this machine: latency is not to be trusted',
  }
}

function threads({ cores, allowedCpus }: Host, placement: Placement): HostCost | null {
  if (cores === null || cores.length === allowedCpus.length) return null
  const detail = `${allowedCpus.length} CPUs are threads of ${cores.length} ${cores.length === 1 ? 'core' : 'cores'}`
  const name = 'SMT'
  if (placement.method !== 'taskset') {
    const cost = 'nothing is pinned: processes slow each other down on threads of the same core'
    return { name, detail, cost }
  }
  return cores.length === 1
    ? {
        name,
        detail,
        cost: 'a replica shares its core with its load: take a machine with two, or switch SMT off',
      }
    : {
        name,
        detail,
        cost: 'each replica gets a whole core, whose other thread rests: fewer replicas have one',
      }
}

function nodes({ numaNodes }: Host): HostCost | null {
  if (numaNodes === null || numaNodes.length < 2) return null
  return {
    name: 'NUMA',
    detail: `the CPUs lie on ${numaNodes.length} nodes`,
    cost: 'who reads memory of another node waits longer: run under `numactl --cpunodebind=0 --membind=0`',
  }
}

/** Drivers of hardware that sets the clock by itself, where even `powersave` follows the load. */
const BY_ITSELF = ['intel_pstate', 'amd-pstate-epp']

function clock({ frequency }: Host): HostCost[] {
  if (frequency === null) return []
  const { driver, governors, preferences, turbo } = frequency
  const slow = governors.filter((name) => name !== 'performance')
  const isLow = slow.includes('powersave') && !BY_ITSELF.includes(driver ?? '')
  const costs: HostCost[] = []
  if (slow.length > 0) {
    const preferred = preferences.length === 0 ? '' : `, preference ${preferences.join(', ')}`
    costs.push({
      name: 'governor',
      detail: `${governors.join(', ')} (${driver ?? 'unknown driver'}${preferred})`,
      cost: isLow
        ? 'the clock stays at its lowest: `cpupower frequency-set -g performance`'
        : 'the clock follows the load, so that a request costs more CPU time at low rates: `cpupower frequency-set -g performance`',
    })
  }
  if (turbo) {
    const cost =
      'the clock depends on heat and on how many cores are busy: figures of one and of many replicas differ by it too'
    costs.push({ name: 'turbo', detail: 'on', cost })
  }
  return costs
}

function power({ power: source }: Host): HostCost | null {
  if (source !== 'battery') return null
  return { name: 'power', detail: 'on battery', cost: 'most machines lower their clock then: plug it in' }
}
