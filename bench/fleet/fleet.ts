/** What is running: what a fleet is asked for, what it offers while it is up, and what can provide fleets. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import type { GeneratorOptions } from '../load/job.ts'
import type {
  Environment,
  FaultId,
  Part,
  Placement,
  Quotas,
  ServerVariables,
  Setting,
  Settings,
} from '../record/types.ts'
import type { Pacer } from './pace.ts'

/** Versions by the name of a package, or by `node`, as a user asks for them: `8`, `8.1` or `8.1.0`; or a `commit` of the checkout. */
export type AskedVersions = Readonly<Record<string, string>>

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
  /** Whether ballast and pacers run beside it under quotas; absent: they do. */
  beside?: false
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
   * Sends requests to these replicas alone, except for users who have to come back to another one, and lifts quotas
   * until `constrain` is called again. Absent where it cannot.
   */
  rotate?(ids: readonly string[]): Promise<void>
  /**
   * `rest` stops all of its processes where they are, so that a fleet that waits for its turn takes no CPU at all; `wake`
   * lets them go on. Absent where some of them are not ours to stop.
   */
  rest?(): void
  wake?(): void
  /** Does what `fault` of its spec names; absent where that is nothing that is done to the fleet. */
  injector?: Injector
  /** Resolves with a reason when a part of the fleet ends before `stop` is called; never rejects. */
  readonly died: Promise<string>
  /** Ends every process of this fleet and waits until they are gone. */
  stop(): Promise<void>
}

export interface FleetOptions {
  /** Front port of the proxy; a free one by default. */
  port?: number | undefined
  /** Processes that send the load; default 1. */
  generators?: number | undefined
  /** Folder below which a run will be written; absent: none will. */
  out?: string | undefined
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
  /**
   * By major, those that it can run replicas on besides; null for one that is wanted and not to be had. May fetch them.
   *
   * @param majors of those alone
   */
  otherRuntimes(majors?: readonly string[]): Promise<Record<string, Environment['runtime'] | null>>
  /**
   * Settings with the exact versions of what is asked for, which it then has here. May fetch them. Absent where the
   * programs of its servers are not ours to change.
   *
   * @throws AuthscaleError which of them cannot be had, and why
   */
  versionsFor?(asked: AskedVersions): Promise<Settings>
  /** Why no browser can be sent to its servers, as one sentence; null where one can. May fetch it. */
  browserProblem(): Promise<string | null>
  /** Why `quotas` cannot be put in force here, as one sentence; null where they can. */
  readonly quotaProblem: string | null
  /** Why nothing of it can be broken on purpose, as one sentence; null where it can. */
  readonly faultProblem: string | null
  start(spec: FleetSpec): Promise<RunningFleet>
  /** Environment variables of all servers so far; null before there was one, and where their processes are not ours. */
  serverVariables(): ServerVariables | null
  /**
   * Several that are up at once and take turns on the same CPUs, at most `most` of them, in the order of the specs. Absent
   * where the next fleet takes the place of the one before.
   */
  readonly together?: { most: number; start(specs: readonly FleetSpec[]): Promise<RunningFleet[]> }
  /** The load generator for a fleet of so many replicas, on CPUs that they leave to it. It may start before they do. */
  generatorFor(replicas: number): GeneratorOptions
  /** Ends what is left and removes temporary files. Safe to call twice. */
  close(): Promise<void>
}
