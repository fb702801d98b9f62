/** What the user chose, and what the planner takes from that and from the fleet at hand. */
import { type SchemeName, schemeNames, type Traits } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import type { Experiment, PlanOptions } from '../experiments/experiment.ts'
import { experiments } from '../experiments/index.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ProfileName, Slo } from '../record/types.ts'

/** The options of `npm run bench` as commander hands them over. */
export interface BenchOptions {
  profile: ProfileName
  only?: string[]
  schemes?: SchemeName[]
  replicas?: number[]
  users?: number
  maxUsers?: number
  connections?: number
  trials?: number
  duration?: number
  rates?: number[]
  slo?: Slo
  /** A share: 0.05 for `5%`. */
  precision?: number
  generators?: number
  seed?: number
  port?: number
  out?: string
  resume?: string | true
  json?: boolean
}

/** Those that were named, else those of the profile. */
export function chosenExperiments({ only, profile }: Pick<BenchOptions, 'only' | 'profile'>): Experiment[] {
  return experiments.filter(
    ({ name, profiles }) => only?.includes(name) ?? profiles?.includes(profile) ?? true,
  )
}

export function planOptions(
  options: BenchOptions,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  { runtimes, browserProblem }: Pick<PlanOptions, 'runtimes' | 'browserProblem'>,
): PlanOptions {
  const unreachable = options.replicas?.filter((n) => n > fleet.maxReplicas) ?? []
  if (unreachable.length > 0 && unreachable.length === options.replicas?.length) {
    throw new AuthscaleError(
      'TOO_FEW_REPLICAS',
      `--replicas ${unreachable.join(',')}: this fleet has ${fleet.maxReplicas}; start more or ask for fewer`,
    )
  }
  return {
    profile: options.profile,
    schemes: schemeNames.filter((name) => options.schemes?.includes(name) ?? true),
    schemesNamed: options.schemes !== undefined,
    only: options.only ?? [],
    traits,
    replicas: options.replicas,
    users: options.users,
    maxUsers: options.maxUsers,
    connections: options.connections,
    trials: options.trials,
    durationSec: options.duration,
    rates: options.rates,
    precise: options.precision !== undefined,
    maxReplicas: fleet.maxReplicas,
    maxExclusiveReplicas: fleet.placement.maxExclusiveReplicas,
    cores: fleet.placement.cores,
    settable: fleet.settable,
    runtimes,
    browserProblem,
    quotaProblem: () => fleet.quotaProblem,
    faultProblem: fleet.faultProblem,
  }
}
