/** How throughput grows with the number of replicas behind the proxy. */
import type { Experiment, PlanOptions } from '../types.ts'
import { arm, blocksOf, oneForEachState } from './arms.ts'
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
    const { blocks, counts, always, ...phases } = profiles[options.profile].replicas
    const { exclusive, sharing, unreachable } = split(options.replicas ?? counts, options)
    const wanted = options.replicas !== undefined || always
    if (!wanted && exclusive.length < 2) return { rounds: [], notes: [LEFT_OUT] }
    const armsOf = (counts: readonly number[]) =>
      oneForEachState(options).flatMap((scheme) =>
        counts.map((n) =>
          arm({ experiment: 'replicas', scheme, replicas: n, variant: `n${n}`, ...phases }, options),
        ),
      )
    const rounds = [
      { arms: armsOf(exclusive), blocks: blocksOf(options, blocks) },
      // Once is enough for what answers no question about scaling.
      { arms: armsOf(sharing), blocks: options.trials ?? 1 },
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

const LEFT_OUT =
  'replicas: left out, since no two replicas can have a core each on this machine, and those that share one say ' +
  'nothing about scaling; --replicas 1,2,4 measures them all the same'
