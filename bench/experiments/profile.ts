/** What a profile decides: how long each experiment measures, and with how much. */
import type { SchemeName } from '../../servers/scheme.ts'
import type { FaultId } from '../record/types.ts'

export interface Phases {
  /** Independent repeats, each with fresh server processes. */
  blocks: number
  warmupSec: number
  warmupRequests: number
  measureSec: number
}

/** `blocks` are generations of processes, `measureSec` is one turn. */
export interface Turns extends Phases {
  passes: number
  /** Of a generation for each of its arms, from when all fleets are up: passes, and then turns where figures are least sure. */
  secPerArm?: number
  ratesPerSec: readonly number[]
  handlerUs: readonly number[]
  settleSec: number
  closed: boolean
  idleSec: number
}

export interface Profile {
  /** One line for `npm run bench -- list`. */
  summary: string
  /** For what compares nothing: without the control there is no auth tax. */
  withoutControl?: true
  /** Nothing but these, unless the user names others. */
  brief?: { experiments: readonly string[]; schemes: readonly SchemeName[] }
  /** Before the cost of all schemes that of the two which the argument is about, so that nobody waits for an answer. */
  answersFirst?: Turns
  cost: Turns
  /** `measureSec` is one rung of the ladder. */
  latency: Phases & {
    settleSec: number
    firstPerSec: number
    searchRungs: number
    /** Nothing but these, unless the user names others. */
    schemes?: readonly SchemeName[]
    /** Rungs instead of a search, and only one scheme for each place of state. */
    brief?: readonly number[]
  }
  /** `always`: also where no two replicas can have a core each, so that nothing is said about scaling. */
  replicas: Phases & { counts: readonly number[]; always: boolean }
  /** Without `everyScheme` one for each place of state. */
  users: Phases & { levels: readonly number[]; everyScheme?: true }
  /** `hashedSec`: the window of logins whose passwords are hashed, five a second; it must hold forty. */
  login: Phases & { hashedSec: number }
  journey: Phases & { journeysPerSec: number; reads: number; thinkMs: number; users: number }
  /** Some thirty arms: windows are short. The crowd is larger than a near cache, which takes longer to fill. */
  knobs: Phases & { crowd: { users: number; warmupSec: number } }
  /** Of each scheme. */
  counterfeits: { tries: number }
  revocation: Revoked
  anomalies: Counted
  faults: Broken
  /** Windows are short: every request of a new connection takes a port. */
  tls: Phases
  /** `withinBytes`: how closely the largest state is found that a scheme takes; each halving starts a fleet. */
  payload: Phases & { sizesBytes: readonly number[]; withinBytes: number; users: number }
  /** `measureSec` is one rate. The first of the round trips is the one that the others are compared with. */
  rtt: Phases & { settleSec: number; roundTripsMs: readonly number[]; ratesPerSec: readonly number[] }
}

/** The load is journeys, so that logins, writes and logouts of others are under way all the time. */
interface Revoked extends Phases {
  users: number
  /** Of each way to revoke, in each block. */
  repeats: number
  load: { journeysPerSec: number; reads: number; thinkMs: number }
  /** Where nothing ends before it expires: the lifetime of a login, and a window in which it runs out. */
  expiry: { ttlSec: number; repeats: number; measureSec: number }
}

/** The same load; how often each anomaly is provoked. */
interface Counted extends Phases {
  users: number
  load: Revoked['load']
  groups: number
  heldWrites: number
  races: number
  strays: number
}

/** `brief`: these faults alone. */
interface Broken extends Phases {
  crowd: { users: number; perSec: number; beforeSec: number; faultSec: number; afterSec: number }
  brief?: readonly FaultId[]
}
