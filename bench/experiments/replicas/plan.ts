/** How throughput grows with the number of replicas behind the proxy. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { arm, blocksOf, oneForEachState } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'
import { predict } from './predictions.ts'
import { largestUnderQuotas, scaleModel } from './scale-model.ts'

export const replicas: Experiment = {
  name: 'replicas',
  question: 'How does throughput grow with the number of replicas?',
  predict,
  plan(options) {
    const { blocks, counts, always } = profiles[options.profile].replicas
    const asked = options.replicas ?? counts
    const reachable = asked.filter((n) => n <= options.maxReplicas)
    const unreachable = asked.filter((n) => n > options.maxReplicas)
    // Where each replica has a core: these tell how a scheme scales.
    const exclusive = reachable.filter((n) => n <= options.maxExclusiveReplicas)
    const sharing = reachable.filter((n) => n > options.maxExclusiveReplicas)
    const all = [...exclusive, ...sharing]
    const wanted = options.replicas !== undefined || options.only.includes('replicas') || always
    if (!wanted && exclusive.length < 2) return { rounds: [], notes: [LEFT_OUT] }
    const few = `replicas: N = ${unreachable.join(', ')} left out, the fleet has ${options.maxReplicas}`
    const notes = unreachable.length > 0 ? [few] : []
    if (sharing.length === 0) return { rounds: [own(exclusive, options)], notes }
    // What a smoke run shows is that many replicas work; a cluster under quotas takes minutes.
    if (options.profile === 'smoke')
      return { rounds: [own(all, options)], notes: [...notes, sharedNote(sharing)] }
    const problem = options.quotaProblem()
    if (problem !== null) {
      const rounds = exclusive.length < 2 ? [] : [own(exclusive, options)]
      return { rounds, notes: [...notes, noQuotas(sharing, problem)] }
    }
    const most = largestUnderQuotas(all, options.cores)
    const fitting = all.filter((n) => n <= most)
    const { known, heldOut } = scaleModel(fitting, options)
    const rounds = [known, heldOut].map((arms) => ({ arms, blocks: blocksOf(options, blocks) }))
    const tooMany = sharing.filter((n) => n > most)
    return { rounds, notes: [...notes, MODEL, ...(tooMany.length > 0 ? [doNotFit(tooMany)] : [])] }
  },
}

/** Each replica with the core that it has. */
function own(counts: readonly number[], options: PlanOptions) {
  const phases = profiles[options.profile].replicas
  const armOf = (scheme: SchemeName, n: number) =>
    arm({ experiment: 'replicas', scheme, replicas: n, variant: `n${n}`, ...phases }, options)
  const arms = oneForEachState(options).flatMap((scheme) => counts.map((n) => armOf(scheme, n)))
  return { arms, blocks: blocksOf(options, phases.blocks) }
}

const LEFT_OUT =
  'replicas: left out, since no two replicas can have a core each on this machine; --only replicas measures how ' +
  'throughput grows in the scale model, with every process under a CPU quota'

const MODEL =
  'replicas: measured in the scale model, since this machine has no core for each replica: every replica and ' +
  'Redis run under equal CPU quotas, the proxy under one for each replica; read only its ratios of ' +
  'throughput; the effect of the quotas on CPU a request is printed beside them'

const sharedNote = (counts: readonly number[]) =>
  `replicas: at N = ${counts.join(', ')} replicas share cores on this machine, so throughput there says nothing about ` +
  'scaling; it is flagged, and given no efficiency'

const noQuotas = (counts: readonly number[], problem: string) =>
  `replicas: N = ${counts.join(', ')} left out, since this machine has no core for each of so many replicas ` +
  `and they cannot be given CPU quotas (${problem}): only the demand law speaks for them`

const doNotFit = (counts: readonly number[]) =>
  `replicas: N = ${counts.join(', ')} left out, since so many do not fit on this machine with 8 % of a core each`
