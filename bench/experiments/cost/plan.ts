/** What one request costs under each scheme, against the control, at the loads that services run at. */
import type { Settings } from '../../record/types.ts'
import { arm, blocksOf, isSettable, withControl, withTwin } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { CONNECTIONS_PER_REPLICA, MOST_BUSY, profiles } from '../profiles.ts'

export const cost: Experiment = {
  name: 'cost',
  question: 'What does each scheme add to the cost of a request, on one replica, at each load?',
  plan(options) {
    const { blocks, warmupSec, warmupRequests, measureSec, ...profile } = profiles[options.profile].cost
    const { settings, handlerUs, notes } = handlerWork(options, profile.handlerUs)
    const load = {
      loop: 'turns' as const,
      connections: options.connections ?? CONNECTIONS_PER_REPLICA,
      ...profile,
      ratesPerSec: [...(options.rates ?? profile.ratesPerSec)].sort((a, b) => a - b),
      handlerUs,
      mostBusy: MOST_BUSY,
    }
    const phases = { replicas: 1, warmupSec, warmupRequests, measureSec }
    const arms = withControl(options).map((scheme) =>
      arm({ experiment: 'cost', scheme, ...phases, load, settings }, options),
    )
    return { rounds: [{ arms: withTwin(arms), blocks: blocksOf(options, blocks) }], notes }
  },
}

/** Servers have a route for each amount; a fleet whose servers cannot be told of them is asked for auth alone. */
function handlerWork(
  options: PlanOptions,
  asked: readonly number[],
): { settings: Settings; handlerUs: number[]; notes: string[] } {
  const wanted = [...(options.handlerUs ?? asked)].sort((a, b) => a - b)
  const settings = { handlerUs: wanted.filter((us) => us > 0) }
  if (settings.handlerUs.length === 0) return { settings: {}, handlerUs: wanted, notes: [] }
  if (isSettable(settings, options)) return { settings, handlerUs: wanted, notes: [] }
  const note =
    'cost: the servers of this fleet cannot be given handler work, so that their replicas do nothing but auth'
  return { settings: {}, handlerUs: [0], notes: [note] }
}
