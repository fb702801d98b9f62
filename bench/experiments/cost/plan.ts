/** What one request costs under each scheme, against the control, at the loads that services run at. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Settings } from '../../record/types.ts'
import { arm, asPopular, blocksOf, isSettable, withControl, withTwin } from '../arms.ts'
import type { Experiment, PlanOptions, Round } from '../experiment.ts'
import { CONNECTIONS_PER_REPLICA, firstTurns, MOST_BUSY, profiles } from '../profiles.ts'
import { THE_TWO } from '../roles.ts'

export const cost: Experiment = {
  name: 'cost',
  question: 'What does each scheme add to the cost of a request, on one replica, at each load?',
  plan(options) {
    const { answersFirst, cost: turns } = profiles[options.profile]
    const schemes = withControl(options)
    const all = roundOf(schemes, turns, options)
    const two = schemes.filter((name) => name === CONTROL || THE_TWO.some((one) => one === name))
    // Whoever chose the load, the schemes or the number of blocks has asked for another answer.
    const isAsked = [options.rates, options.handlerUs, options.trials].some((chosen) => chosen !== undefined)
    const isAll = two.length <= THE_TWO.length || two.length === schemes.length
    if (!answersFirst || isAsked || isAll || options.precise) return { rounds: [all.round], notes: all.notes }
    const first = roundOf(two, firstTurns, options)
    return { rounds: [first.round, { ...all.round, after: firstTurns.blocks }], notes: all.notes }
  },
}

function roundOf(schemes: readonly SchemeName[], turns: typeof firstTurns, options: PlanOptions) {
  const { blocks, warmupSec, warmupRequests, measureSec, ...profile } = turns
  const { settings, handlerUs, notes } = handlerWork(options, profile.handlerUs)
  const load = {
    loop: 'turns' as const,
    connections: options.connections ?? CONNECTIONS_PER_REPLICA,
    ...profile,
    ratesPerSec: [...(options.rates ?? profile.ratesPerSec)].sort((a, b) => a - b),
    handlerUs,
    mostBusy: MOST_BUSY,
    ...asPopular(options),
  }
  const phases = { replicas: 1, warmupSec, warmupRequests, measureSec }
  const arms = schemes.map((scheme) =>
    arm({ experiment: 'cost', scheme, ...phases, load, settings }, options),
  )
  const round: Round = { arms: withTwin(arms), blocks: blocksOf(options, blocks) }
  return { round, notes }
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
