/** What the user chose, and what the planner takes from that and from the fleet at hand. */
import { type SchemeName, schemeNames, type Traits } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import type { Experiment, PlanOptions } from '../experiments/experiment.ts'
import { experiments } from '../experiments/index.ts'
import { profiles } from '../experiments/profiles.ts'
import { THE_TWO, UPGRADES } from '../experiments/roles.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ProfileName, Slo } from '../record/types.ts'
import type { AskedArm } from './asked-arms.ts'

/** The options of `npm run bench` as commander hands them over. */
export interface BenchOptions {
  profile: ProfileName
  only?: string[]
  schemes?: SchemeName[]
  /** In the order in which they were typed. */
  arm?: readonly AskedArm[]
  /** A commit of the checkout, whose servers take turns with those of the checkout. */
  against?: string
  replicas?: number[]
  users?: number
  maxUsers?: number
  connections?: number
  trials?: number
  duration?: number
  rates?: number[]
  handlerUs?: number[]
  /** Exponent of the law by which reads draw their users; 0 for `uniform`. */
  popularity?: number
  slo?: Slo
  /** A share: 0.05 for `5%`. */
  precision?: number
  generators?: number
  seed?: number
  port?: number
  out?: string
  resume?: string | true
  json?: boolean
  /** For a pull request. */
  markdown?: boolean
  /** More CPU than that in a request, where it was detected, is a failure. */
  failAbove?: number
  /** A line for each trial that stays. */
  verbose?: boolean
}

/**
 * Those that were named, else those of the profile; with arms what compares them, and that alone.
 *
 * @throws AuthscaleError ARM_ALONE when arms and experiments or schemes are named, ARM_MISSING without an arm to compare
 */
export function chosenExperiments(
  options: Pick<BenchOptions, 'only' | 'schemes' | 'arm' | 'against' | 'profile'>,
): Experiment[] {
  const { only, schemes, arm, against, profile } = options
  if (against !== undefined && (arm || only)) {
    const message = `--against compares two commits, and that alone: leave out --${arm ? 'arm' : 'only'}`
    throw new AuthscaleError('ARM_ALONE', message)
  }
  if (arm && (only || schemes)) {
    const message = `--arm names all that is measured: leave out --${only ? 'only' : 'schemes'}`
    throw new AuthscaleError('ARM_ALONE', `${message}, or name a scheme as it is with --arm too`)
  }
  if (!arm && only?.includes(UPGRADES)) {
    const message = `--only ${UPGRADES} compares arms: name one, e.g. --arm session-redis@express-session=1.18`
    throw new AuthscaleError('ARM_MISSING', message)
  }
  const named = arm || against !== undefined ? [UPGRADES] : (only ?? profiles[profile].brief?.experiments)
  return experiments.filter(
    ({ name, profiles: has }) => named?.includes(name) ?? has?.includes(profile) ?? true,
  )
}

/** What takes turns: the arms that were typed, or each scheme as the commit has it and as it is, and nothing else by default. */
export function askedArms({
  arm,
  against,
  schemes,
}: Pick<BenchOptions, 'arm' | 'against' | 'schemes'>): readonly AskedArm[] {
  if (against === undefined) return arm ?? []
  return (schemes ?? THE_TWO).flatMap((scheme): AskedArm[] => [
    { scheme, versions: { commit: against } },
    { scheme, versions: {} },
  ])
}

export function planOptions(
  options: BenchOptions,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
  found: Pick<PlanOptions, 'upgrades' | 'runtimes' | 'browserProblem'>,
): PlanOptions {
  const { profile, replicas, users, maxUsers, connections, trials } = options
  const { duration: durationSec, rates, handlerUs, popularity } = options
  const limits = { replicas, users, maxUsers, connections, trials, durationSec }
  const asked = { profile, ...limits, rates, handlerUs, popularity }
  const named = options.schemes ?? profiles[profile].brief?.schemes
  const { maxReplicas, settable, faultProblem } = fleet
  const { maxExclusiveReplicas, cores } = fleet.placement
  const possible = { maxReplicas, maxExclusiveReplicas, cores, settable, faultProblem }
  if (replicas && replicas.length > 0 && replicas.every((n) => n > maxReplicas)) {
    throw new AuthscaleError(
      'TOO_FEW_REPLICAS',
      `--replicas ${replicas.join(',')}: this fleet has ${maxReplicas}; start more or ask for fewer`,
    )
  }
  return {
    ...asked,
    schemes: schemeNames.filter((name) => named?.includes(name) ?? true),
    schemesNamed: options.schemes !== undefined,
    only: options.only ?? [],
    traits,
    precise: options.precision !== undefined,
    ...possible,
    ...found,
    quotaProblem: () => fleet.quotaProblem,
  }
}
