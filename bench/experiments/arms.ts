/** What the experiments share when they lay out their arms. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { CONTROL, isControl } from '../figures/records.ts'
import type { Arm, Setting, Settings } from '../record/types.ts'
import type { PlanOptions } from './experiment.ts'
import { CONNECTIONS_PER_REPLICA, DEFAULT_POPULARITY, DEFAULT_USERS, profiles } from './profiles.ts'

/** The stack as it is, compared with nothing but the control. */
export const AS_IT_IS = { variant: null, comparedWith: null, heldOut: false, quotas: null, settings: {} }

/** What follows an examination, the same in every profile: none of its figures is shown. */
export const SHORT_WINDOW = { replicas: 1, users: 20, warmupSec: 0.1, warmupRequests: 0, measureSec: 0.2 }

/** All else is as it is, or as the user chooses. */
export type ArmChoice = { [Key in keyof Chosen]?: Chosen[Key] | undefined } & Pick<
  Chosen,
  'experiment' | 'replicas' | 'warmupSec' | 'warmupRequests' | 'measureSec'
> & {
    scheme: SchemeName
    /** Of closed-loop reads; absent: users in turn. */
    popularity?: { popularityExponent: number }
  }
type Chosen = Omit<Arm, 'id' | 'scheme' | 'twin'>

/** One arm, with the user's own choices laid over the profile's. What is no part of an arm is left out. */
export function arm(choice: ArmChoice, options: PlanOptions): Arm {
  const { experiment, scheme, variant, replicas, fleet, observe, examine } = choice
  const users = choice.users ?? options.users ?? DEFAULT_USERS
  const connections = options.connections ?? CONNECTIONS_PER_REPLICA * replicas
  return {
    id: [experiment, scheme, variant].filter(Boolean).join('/'),
    experiment,
    scheme,
    variant: variant ?? AS_IT_IS.variant,
    comparedWith: choice.comparedWith ?? AS_IT_IS.comparedWith,
    heldOut: choice.heldOut ?? AS_IT_IS.heldOut,
    replicas,
    ...(fleet !== undefined && { fleet }),
    quotas: choice.quotas ?? AS_IT_IS.quotas,
    settings: choice.settings ?? AS_IT_IS.settings,
    users,
    // A connection without a user of its own would have nothing to send.
    load: choice.load ?? { loop: 'closed', connections: Math.min(connections, users), ...choice.popularity },
    warmupSec: choice.warmupSec,
    warmupRequests: choice.warmupRequests,
    measureSec: options.durationSec ?? choice.measureSec,
    twin: false,
    ...(observe && { observe }),
    ...(examine && { examine }),
  }
}

/** How popular users are where a request is what is measured, and not what is remembered of all of them. */
export const asPopular = ({ popularity = DEFAULT_POPULARITY }: PlanOptions) => ({
  popularityExponent: popularity,
})

/** The same a second time: what differs between two equal arms is this machine's own error. */
export const twinOf = (one: Arm): Arm => ({ ...one, id: `${one.id}/twin`, twin: true })

/** With the control a second time. */
export const withTwin = (arms: readonly Arm[]): Arm[] => [...arms, ...arms.filter(isControl).map(twinOf)]

/** With `--precision` a run ends when its intervals are narrow enough, and at this many times its blocks in any case. */
const PRECISE_BLOCKS = 4

/** Blocks of an experiment whose profile asks for `blocks`. */
export function blocksOf(options: PlanOptions, blocks: number): number {
  return options.trials ?? blocks * (options.precise ? PRECISE_BLOCKS : 1)
}

/** The schemes with the control before them: without it there is nothing to compare with. */
export function withControl({ profile, schemes }: PlanOptions, names = schemes): SchemeName[] {
  if (profiles[profile].withoutControl) return [...names]
  return [CONTROL, ...withoutControl(names)]
}

export const withoutControl = (names: readonly SchemeName[]) => names.filter((name) => name !== CONTROL)

/** Those of the table, or those that the user named; in either case without the control. */
export function among(table: readonly SchemeName[], { schemes, schemesNamed }: PlanOptions): SchemeName[] {
  return withoutControl(schemes).filter((name) => schemesNamed || table.includes(name))
}

/**
 * The schemes for experiments about where state lives: those the user named, else the first of the registry for
 * each declared place of state, since schemes that differ only in the signature answer such a question alike.
 */
export function oneForEachState(options: PlanOptions): SchemeName[] {
  return withControl(options, options.schemesNamed ? options.schemes : firstOfEachState(options))
}

/** Of these schemes the first for each declared place of state. */
export function firstOfEachState({ schemes, traits }: Pick<PlanOptions, 'schemes' | 'traits'>): SchemeName[] {
  const placeOf = (name: SchemeName) => traits[name].state
  return schemes.filter((name, i) => schemes.findIndex((other) => placeOf(other) === placeOf(name)) === i)
}

/** Where replicas believe for a while what they read, users come back to one: another would lack what they wrote. */
export const stickyIfCached = ({ boundedBy }: Traits): Settings =>
  boundedBy === 'NEAR_CACHE_SEC' ? { sticky: true } : {}

/** Whether the fleet can change all of these. */
export function isSettable(settings: Settings, { settable }: PlanOptions): boolean {
  return (Object.keys(settings) as Setting[]).every((name) => settable.includes(name))
}

/** Id of the arm that it is compared with, its own where others are compared with it. */
export const comparisonOf = ({ id, comparedWith }: Arm): string => comparedWith ?? id
