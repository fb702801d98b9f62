/** Arms that take turns at the loads that services run at: what they have in common, whatever is compared. */
import type { SchemeName } from '../../servers/scheme.ts'
import type { Arm, Settings } from '../record/types.ts'
import { arm, asPopular, isSettable } from './arms.ts'
import type { PlanOptions } from './experiment.ts'
import type { Turns } from './profile.ts'
import { CONNECTIONS_PER_REPLICA, MOST_BUSY } from './profiles.ts'

/** What one of them is, where it is not a scheme as it is. */
export interface TurnsChoice {
  scheme: SchemeName
  variant?: string | null
  comparedWith?: string | null
  settings?: Settings
}

/** On one replica, with the user's own choices laid over the profile's. */
export function turnsArms(
  experiment: string,
  choices: readonly TurnsChoice[],
  turns: Turns,
  options: PlanOptions,
): { arms: Arm[]; notes: string[] } {
  const { blocks: _, warmupSec, warmupRequests, measureSec, ...profile } = turns
  const { settings, handlerUs, notes } = handlerWork(experiment, options, profile.handlerUs)
  const load = {
    loop: 'turns' as const,
    connections: options.connections ?? CONNECTIONS_PER_REPLICA,
    ...profile,
    ratesPerSec: [...(options.rates ?? profile.ratesPerSec)].sort((a, b) => a - b),
    handlerUs,
    mostBusy: MOST_BUSY,
    ...asPopular(options),
  }
  const base = { experiment, replicas: 1, warmupSec, warmupRequests, measureSec, load }
  const arms = choices.map((choice) =>
    arm({ ...base, ...choice, settings: { ...settings, ...choice.settings } }, options),
  )
  return { arms, notes }
}

/** Servers have a route for each amount; a fleet whose servers cannot be told of them is asked for auth alone. */
function handlerWork(
  experiment: string,
  options: PlanOptions,
  asked: readonly number[],
): { settings: Settings; handlerUs: number[]; notes: string[] } {
  const wanted = [...(options.handlerUs ?? asked)].sort((a, b) => a - b)
  const settings = { handlerUs: wanted.filter((us) => us > 0) }
  if (settings.handlerUs.length === 0) return { settings: {}, handlerUs: wanted, notes: [] }
  if (isSettable(settings, options)) return { settings, handlerUs: wanted, notes: [] }
  const note = `${experiment}: the servers of this fleet cannot be given handler work, so that their replicas do nothing but auth`
  return { settings: {}, handlerUs: [0], notes: [note] }
}
