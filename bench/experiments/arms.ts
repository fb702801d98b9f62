/** What the experiments share when they lay out their arms. */
import type { SchemeName } from '../../servers/scheme.ts'
import { CONTROL } from '../figures/records.ts'
import type { Arm, Quotas, Settings } from '../record/types.ts'
import type { PlanOptions } from './experiment.ts'
import { CONNECTIONS_PER_REPLICA, DEFAULT_USERS, profiles } from './profiles.ts'

/** The stack as it is, compared with nothing but the control. */
export const AS_IT_IS = { variant: null, comparedWith: null, heldOut: false, quotas: null, settings: {} }

export interface ArmChoice {
  experiment: string
  scheme: SchemeName
  replicas: number
  users?: number
  warmupSec: number
  warmupRequests: number
  measureSec: number
  /** Sets arms of one scheme within an experiment apart, e.g. `n2`. */
  variant?: string | undefined
  twin?: boolean
  /** Id of the arm to compare with. */
  comparedWith?: string | undefined
  heldOut?: boolean
  /** Default: as many as are in rotation. */
  fleet?: number
  quotas?: Quotas | null
  settings?: Settings
  /** Default: a closed loop. */
  load?: Arm['load']
}

/** One arm, with the user's own choices laid over the profile's. */
export function arm(choice: ArmChoice, options: PlanOptions): Arm {
  const users = choice.users ?? options.users ?? DEFAULT_USERS
  const connections = options.connections ?? CONNECTIONS_PER_REPLICA * choice.replicas
  const twin = choice.twin ?? false
  const parts = [choice.experiment, choice.scheme, choice.variant, twin ? 'twin' : undefined]
  return {
    id: parts.filter((part) => part !== undefined).join('/'),
    experiment: choice.experiment,
    scheme: choice.scheme,
    variant: choice.variant ?? AS_IT_IS.variant,
    comparedWith: choice.comparedWith ?? AS_IT_IS.comparedWith,
    heldOut: choice.heldOut ?? AS_IT_IS.heldOut,
    replicas: choice.replicas,
    ...(choice.fleet === undefined ? {} : { fleet: choice.fleet }),
    quotas: choice.quotas ?? AS_IT_IS.quotas,
    settings: choice.settings ?? AS_IT_IS.settings,
    users,
    // A connection without a user of its own would have nothing to send.
    load: choice.load ?? { loop: 'closed', connections: Math.min(connections, users) },
    warmupSec: choice.warmupSec,
    warmupRequests: choice.warmupRequests,
    measureSec: options.durationSec ?? choice.measureSec,
    twin,
  }
}

/** With `--precision` a run ends when its intervals are narrow enough, and at this many times its blocks in any case. */
const PRECISE_BLOCKS = 4

/** Blocks of an experiment whose profile asks for `blocks`. */
export function blocksOf(options: PlanOptions, blocks: number): number {
  return options.trials ?? blocks * (options.precise ? PRECISE_BLOCKS : 1)
}

/** The schemes with the control before them: without it there is nothing to compare with. */
export function withControl({ profile, schemes }: PlanOptions, names = schemes): SchemeName[] {
  if (profiles[profile].withoutControl) return [...names]
  return [CONTROL, ...names.filter((name) => name !== CONTROL)]
}

/** Those of the table, or those that the user named; in either case without the control. */
export function among(table: readonly SchemeName[], { schemes, schemesNamed }: PlanOptions): SchemeName[] {
  return schemes.filter((name) => name !== CONTROL && (schemesNamed || table.includes(name)))
}

/**
 * The schemes for experiments about where state lives: those the user named, else the first of the registry for
 * each declared place of state, since schemes that differ only in the signature answer such a question alike.
 */
export function oneForEachState(options: PlanOptions): SchemeName[] {
  if (options.schemesNamed) return withControl(options)
  const seen = new Set<string>()
  const first = options.schemes.filter((name) => {
    const { state } = options.traits[name]
    return !seen.has(state) && seen.add(state)
  })
  return withControl(options, first)
}

/** Id of the arm that it is compared with, its own where others are compared with it. */
export const comparisonOf = ({ id, comparedWith }: Arm): string => comparedWith ?? id
