/** How throughput grows with the number of replicas behind the proxy. */
import type { Experiment, PlanOptions } from '../types.ts'
import { arm, oneForEachState } from './arms.ts'
import { profiles } from './profiles.ts'

/** The wanted numbers of replicas by what this fleet can make of them. */
function split(wanted: readonly number[], { maxReplicas, maxExclusiveReplicas }: PlanOptions) {
  const reachable = wanted.filter((n) => n <= maxReplicas)
  return {
    /** Each replica has a core: these tell how a scheme scales. */
    exclusive: reachable.filter((n) => n <= maxExclusiveReplicas),
    sharing: reachable.filter((n) => n > maxExclusiveReplicas),
    unreachable: wanted.filter((n) => n > maxReplicas),
  }
}

export const replicas: Experiment = {
  name: 'replicas',
  question: 'How does throughput grow with the number of replicas?',
  plan(options) {
    const { blocks, counts: defaults, warmupSec, measureSec } = profiles[options.profile].replicas
    const { exclusive, sharing, unreachable } = split(options.replicas ?? defaults, options)
    const base = { experiment: 'replicas', measureSec }
    const armsOf = (counts: readonly number[], warmupOf: (n: number) => number) =>
      oneForEachState(options).flatMap((scheme) =>
        counts.map((n) =>
          arm({ ...base, scheme, replicas: n, suffix: `n${n}`, warmupSec: warmupOf(n) }, options),
        ),
      )
    // Replicas that share a core compile their code in turns, so warming up takes as many times as long.
    const turns = (n: number) => Math.ceil(n / Math.max(1, options.maxExclusiveReplicas))
    const rounds = [
      { arms: armsOf(exclusive, () => warmupSec), blocks: options.trials ?? blocks },
      // Once is enough for what answers no question about scaling.
      { arms: armsOf(sharing, (n) => warmupSec * turns(n)), blocks: options.trials ?? 1 },
    ]
    const notes: string[] = []
    if (unreachable.length > 0) {
      notes.push(`replicas: N = ${unreachable.join(', ')} left out, the fleet has ${options.maxReplicas}`)
    }
    if (sharing.length > 0) {
      notes.push(
        `replicas: at N = ${sharing.join(', ')} replicas share cores on this machine, so throughput there says ` +
          'nothing about scaling; it is measured once, flagged, and given no efficiency',
      )
    }
    return { rounds, notes }
  },
}
