/** How throughput grows with the number of replicas behind the proxy. */
import type { Experiment, PlanOptions } from '../types.ts'
import { arm, oneForEachState } from './arms.ts'
import { profiles } from './profiles.ts'

/** Splits the wanted numbers of replicas into those that the fleet can start and a note on the others. */
function reachable(wanted: readonly number[], options: PlanOptions): { counts: number[]; notes: string[] } {
  const counts = wanted.filter((n) => n <= options.maxReplicas)
  const left = wanted.filter((n) => n > options.maxReplicas)
  const notes =
    left.length > 0 ? [`replicas: N = ${left.join(', ')} left out, the fleet has ${options.maxReplicas}`] : []
  const sharing = counts.filter((n) => n > options.maxExclusiveReplicas)
  if (sharing.length > 0) {
    notes.push(
      `replicas: at N = ${sharing.join(', ')} replicas share cores on this machine, so throughput there says ` +
        'nothing about scaling; it is measured, flagged, and given no efficiency',
    )
  }
  return { counts, notes }
}

export const replicas: Experiment = {
  name: 'replicas',
  question: 'How does throughput grow with the number of replicas?',
  plan(options) {
    const { blocks, counts: defaults, ...phases } = profiles[options.profile].replicas
    const { counts, notes } = reachable(options.replicas ?? defaults, options)
    const arms = oneForEachState(options).flatMap((scheme) =>
      counts.map((n) =>
        arm({ experiment: 'replicas', scheme, replicas: n, suffix: `n${n}`, ...phases }, options),
      ),
    )
    return { arms, blocks: options.trials ?? blocks, notes }
  },
}
