/** Every shared noun of the harness. Record types come from the schemas that validate them, units stand in the names. */
import type { z } from 'zod'
import type { SchemeName, Traits } from '../servers/scheme.ts'
import type { Pacer } from './pace.ts'
import type * as schema from './store/schema.ts'

export type { SchemeName, Traits }

export type Settings = z.infer<typeof schema.settingsSchema>
/**
 * Scale model: a CPU quota for each process of the fleet, in cores, so that a cluster fits on a small machine. Good for
 * ratios of throughput; latency under a quota is mostly waiting for the next period.
 */
export type Quotas = z.infer<typeof schema.quotasSchema>
export type Setting = keyof Settings
export type Prediction = z.infer<typeof schema.predictionSchema>
export type Warning = z.infer<typeof schema.warningSchema>
export type Estimate = z.infer<typeof schema.estimateSchema>
export type Arm = z.infer<typeof schema.armSchema>
export type Examine = z.infer<typeof schema.examineSchema>
export type Examined = z.infer<typeof schema.examinedSchema>
/** What was seen in a real browser. */
export type BrowserSeen = Extract<Examined, { kind: 'browser' }>
/** What was seen of the durations of lookups. */
export type TimingSeen = Extract<Examined, { kind: 'timing' }>
export type Observe = z.infer<typeof schema.observeSchema>
export type Observed = z.infer<typeof schema.observedSchema>
export type FaultId = z.infer<typeof schema.faultIdSchema>
export type Trial = z.infer<typeof schema.trialSchema>
export type Measurement = z.infer<typeof schema.measurementSchema>
export type TrialResult = z.infer<typeof schema.trialResultSchema>
export type Placement = z.infer<typeof schema.placementSchema>
export type Part = z.infer<typeof schema.partSchema>
export type Environment = z.infer<typeof schema.environmentSchema>
export type Run = z.infer<typeof schema.runSchema>
export type Summary = z.infer<typeof schema.summarySchema>
export type ClaimFinding = z.infer<typeof schema.claimFindingSchema>
export type VerifyRecord = z.infer<typeof schema.verifySchema>
export type LoadCheck = z.infer<typeof schema.loadCheckSchema>
export type ProfileName = Run['profile']
export type Rung = z.infer<typeof schema.rungSchema>
export type Gate = z.infer<typeof schema.gateSchema>
export type Rules = z.infer<typeof schema.rulesSchema>
export type Slo = z.infer<typeof schema.sloSchema>
export type Arrivals = z.infer<typeof schema.arrivalsSchema>

/** What an experiment may depend on when it lays out its arms. */
export interface PlanOptions {
  profile: ProfileName
  /** Registry order. */
  schemes: readonly SchemeName[]
  /** Whether the user named them, rather than taking all. */
  schemesNamed: boolean
  /** Experiments that the user named. */
  only: readonly string[]
  traits: Readonly<Record<SchemeName, Traits>>
  /** Overrides of the profile's own choices; undefined keeps them. */
  replicas: readonly number[] | undefined
  users: number | undefined
  maxUsers: number | undefined
  connections: number | undefined
  trials: number | undefined
  durationSec: number | undefined
  /** Rungs of the ladder, in arrivals a second; undefined finds them. */
  rates: readonly number[] | undefined
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

/** Arms that are compared with each other, and how often all of them are measured. */
interface Round {
  arms: Arm[]
  blocks: number
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
  plan(options: PlanOptions): { rounds: Round[]; notes: string[] }
}

/** How processes can be given CPU quotas: the kernel's control groups, in one of their two versions. */
export type QuotaMethod = 'cgroup-v1' | 'cgroup-v2'

/** What a fleet must be like for one trial. */
export interface FleetSpec {
  scheme: SchemeName
  traits: Traits
  replicas: number
  /** Size of the servers' user directory. */
  users: number
  /** What differs from the stack as it is; absent: nothing. */
  settings?: Settings
  /** What `constrain` will put in force, since it decides which CPUs the processes may use; absent: nothing. */
  quotas?: Quotas | null
  /** Requests that the proxy lets a replica have at a time, the rest waits in the proxy; absent: any number. */
  mostPerReplica?: number | undefined
  /** How it is going to be broken, since some of that takes parts that must be there from the start. */
  fault?: FaultId | undefined
}

/** One way to break what runs, and to mend it. Each is called once, and resolves when it is done. */
export interface Injector {
  inject(): Promise<void>
  heal(): Promise<void>
}

export interface ReplicaHandle {
  id: string
  /** Base URL of this replica itself, behind the proxy. */
  url: string
  /** Null where the process runs on another machine. */
  pid: number | null
}

/** A fleet that is up, healthy and reachable through its proxy. */
export interface RunningFleet {
  /** Base URL of the proxy, the only address that load is sent to. */
  url: string
  replicas: readonly ReplicaHandle[]
  placement: Placement
  redis: { url: string; pid: number | null } | null
  proxy: { pid: number | null }
  /** Requests that each replica has served through the proxy so far, by replica id; null where not known. */
  proxyCounts(): Promise<Record<string, number> | null>
  /** Delays what replicas and Redis say to each other; only where the spec asks for that. No tier of the service. */
  link?: { pid: number } | undefined
  /** Pids of idle work that stands for replicas that are not there; no tier of the service either. */
  ballast?: readonly number[]
  /** One on each CPU; none where nothing is limited. */
  pacers?: readonly Pacer[]
  /** Pids of replicas that are there and get no requests. */
  resting?: readonly number[]
  /**
   * Puts the quotas and the distance to Redis of its spec in force. Not before the warm-up: what is slow to compile
   * would otherwise be measured for minutes. Does nothing without either.
   *
   * @param quotas instead of those of the spec, for a part of its replicas
   */
  constrain(quotas?: Quotas): Promise<void>
  /**
   * Sends requests to these replicas alone, but for users who have to come back to another one, and lifts quotas until
   * `constrain` is called again. Absent where it cannot.
   */
  rotate?(ids: readonly string[]): Promise<void>
  /** Does what `fault` of its spec names; absent where that is nothing that is done to the fleet. */
  injector?: Injector
  /** Resolves with a reason when a part of the fleet ends before `stop` is called; never rejects. */
  readonly died: Promise<string>
  /** Ends every process of this fleet and waits until they are gone. */
  stop(): Promise<void>
}

/** How a load generator is started. */
export interface GeneratorOptions {
  /** Program and arguments that run load/main.ts, e.g. `['taskset', '-c', '1', node, 'load/main.js']`. */
  command: readonly string[]
  env: Record<string, string | undefined>
  /** How many of it share the work: user i, connection i and every i-th arrival are those of process i mod processes. */
  processes: number
}

export interface FleetOptions {
  /** Front port of the proxy; a free one by default. */
  port?: number | undefined
  /** Processes that send the load; default 1. */
  generators?: number | undefined
  /** Hears what takes long or is worth knowing, one line each. */
  log(line: string): void
}

/** A way to have fleets: local processes, or containers that somebody else started. */
export interface Fleet {
  /** As it is for one replica; each running fleet has its own. */
  readonly placement: Placement
  readonly maxReplicas: number
  /** What it can change about its servers and what is around them. */
  readonly settable: readonly Setting[]
  readonly parts: { redis: Part | null; haproxy: Part | null }
  /** The Node that runs the servers. */
  readonly runtime: Environment['runtime']
  /** By major, those that it can run replicas on besides; null for one that is wanted and not to be had. May fetch them. */
  otherRuntimes(): Promise<Record<string, Environment['runtime'] | null>>
  /** Why no browser can be sent to its servers, as one sentence; null where one can. May fetch it. */
  browserProblem(): Promise<string | null>
  /** How `quotas` are put in force here; null where they cannot be. */
  readonly quotaMethod: QuotaMethod | null
  /** Why not, as one sentence; null where they can. */
  readonly quotaProblem: string | null
  /** Why nothing of it can be broken on purpose, as one sentence; null where it can. */
  readonly faultProblem: string | null
  start(spec: FleetSpec): Promise<RunningFleet>
  /** The load generator for a fleet of so many replicas, on CPUs that they leave to it. It may start before they do. */
  generatorFor(replicas: number): GeneratorOptions
  /** Ends what is left and removes temporary files. Safe to call twice. */
  close(): Promise<void>
}

/** Which part of the work one of several generator processes does: every `of`-th user, from `index` on. */
export interface Shard {
  index: number
  of: number
}

export interface LoginJob {
  url: string
  transport: Traits['transport']
  /** user0 to user{users-1} log in, once each. */
  users: number
  concurrency: number
  /** Default: all of it. */
  shard?: Shard
}

export interface LoginReport {
  count: number
  seconds: number
}

/**
 * Closed loop: each connection waits for its reply. Open loop: arrivals at absolute times, whatever happened before.
 * Journeys begin as open-loop arrivals do; within one each step follows the reply of the step before.
 */
export type Load =
  | {
      loop: 'closed'
      connections: number
      /** Default: reads. */
      requests?: 'read' | 'login' | 'refresh' | undefined
      /** Users whom the proxy sends back to one of these replicas, by its cookie, and no others; default: all. */
      homes?: readonly string[] | undefined
      /** Whether a connection takes more than one request; default: kept. */
      reuse?: 'kept' | 'new' | 'resumed' | undefined
    }
  | {
      loop: 'open'
      arrivalsPerSec: number
      spacing: Arrivals['spacing']
      /** At most so many at once; an arrival that finds none free waits in a backlog. */
      connections: number
      /** Of the Poisson process: the same seed gives the same arrivals. */
      seed: number
    }
  | {
      loop: 'journey'
      connections: number
      journeysPerSec: number
      reads: number
      /** Mean time between a reply and the next step. */
      thinkMs: number
      /** The same seed gives the same beginnings, thinks and orders of steps. */
      seed: number
    }

export interface LoadJob {
  url: string
  load: Load
  /** Load before the window opens; at the job's own rate. */
  warmupSec: number
  measureSec: number
  /** Open loop: how long the last arrivals of the window may take beyond it; default 2. */
  drainSec?: number
  /** One reply in this many has its body checked. */
  verifyEvery: number
  /**
   * Closed loop: whether a request may wait through the whole window, which else is taken for lost. With 8 % of a core a
   * replica stands still for a second while it collects garbage.
   */
  mayStall?: boolean
}

/** What the generator saw between window open and window close. */
export interface LoadReport {
  windowSec: number
  /** Replies that were complete inside the window. */
  requests: number
  /** The same by equal slices of the window, to see a trend in it. */
  requestsPerSlice: number[]
  statusCounts: Record<string, number>
  /** Connection errors and timeouts. */
  errors: number
  verifiedBodies: number
  wrongAnswers: number
  /** First few wrong answers, without credentials, for the reason of an invalid trial. */
  wrongExamples: string[]
  distinctUsers: number
  /** Open loop: of the arrivals intended inside the window, from their intended send. */
  latencyUs: Measurement['latencyUs']
  /** Null in a closed loop. */
  arrivals: Arrivals | null
  journeys?: Measurement['journeys'] | undefined
  handshakes?: Measurement['handshakes'] | undefined
  bytesSent: number
  bytesReceived: number
}

/** One or several processes that send load. They keep the credentials; the harness never holds them. */
export interface Generator {
  readonly pids: readonly number[]
  login(job: LoginJob): Promise<LoginReport>
  /** `onWindow` is called as soon as the measurement window opens and closes, to align the probe with it. */
  load(job: LoadJob, onWindow: (edge: 'open' | 'close') => void): Promise<LoadReport>
  close(): Promise<void>
}
