/** What an experiment is: a question, and the arms that answer it. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import type { Arm, Prediction, ProfileName, Run, Setting, Settings, TrialResult } from '../record/types.ts'

/** What an experiment may depend on when it lays out its arms. */
export interface PlanOptions {
  profile: ProfileName
  /** Registry order. */
  schemes: readonly SchemeName[]
  /** Whether the user named them, rather than taking all. */
  schemesNamed: boolean
  /** Experiments that the user named. */
  only: readonly string[]
  /** Arms with other versions that the user asked for, in that order; none where nobody did. */
  upgrades: readonly Upgrade[]
  traits: Readonly<Record<SchemeName, Traits>>
  /** Overrides of the profile's own choices; undefined keeps them. */
  replicas: readonly number[] | undefined
  users: number | undefined
  maxUsers: number | undefined
  connections: number | undefined
  trials: number | undefined
  durationSec: number | undefined
  /** Arrivals a second: rungs of the ladder, which undefined finds, and the rates of the cost. */
  rates: readonly number[] | undefined
  /** Handler work of a request, µs of CPU. */
  handlerUs: readonly number[] | undefined
  /** Exponent of the law by which reads draw their users. */
  popularity: number | undefined
  /** Whether the run may end early: then its blocks are an upper bound. */
  precise: boolean
  /** Largest number of replicas that the fleet can start at all. */
  maxReplicas: number
  /** Largest number of replicas that have a core each. */
  maxExclusiveReplicas: number
  /** CPUs that the fleet may use. */
  cores: number
  /** Settings that the fleet can change. */
  settable: readonly Setting[]
  /** By major, Nodes besides the standard one, or null where one cannot be had; none unless an experiment asked. */
  runtimes: Readonly<Record<string, string | null>>
  /** Why no browser can be sent to this fleet, as one sentence; null where one can, and unless an experiment asked. */
  browserProblem: string | null
  /** Why the fleet cannot limit its processes, as one sentence; null where it can. Asked only when it matters. */
  quotaProblem(): string | null
  /** Why nothing of the fleet can be broken on purpose, as one sentence; null where it can. */
  faultProblem: string | null
}

/** A scheme with its packages and its Node in these exact versions, or as a commit has it; all that is not named is as it is. */
export interface Upgrade {
  scheme: SchemeName
  settings: Pick<Settings, 'node' | 'packages' | 'commit'>
}

export interface Experiment {
  name: string
  /** The question that it answers, one line. */
  question: string
  /** Profiles that have it without its being named; default: all. */
  profiles?: readonly ProfileName[]
  /** Whether it measures other majors of Node, which may have to be fetched before it is planned. */
  otherRuntimes?: true
  /** Whether it opens a browser, which may have to be fetched before it is planned. */
  opensBrowser?: true
  /** Rounds of arms that are compared with each other. */
  plan(options: PlanOptions): { rounds: Round[]; notes: string[] }
  /**
   * What its laws say of the arms held out that have no prediction yet.
   *
   * @param frozenAt when they are written down, ISO 8601; no trial of these arms may have been started before
   */
  predict?(run: Run, results: readonly TrialResult[], frozenAt: string): Prediction[]
}

export interface Round {
  arms: Arm[]
  /** How often all of them are measured. */
  blocks: number
  /** Blocks of the same arms in earlier rounds; default 0. */
  after?: number
}
