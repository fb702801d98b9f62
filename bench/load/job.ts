/** What a load generator is asked to do, what it reports, and the messages of both: it is a child process. */
import type { Traits } from '../../servers/scheme.ts'
import type { Arrivals, Measurement } from '../record/types.ts'
import type { Shard } from './shard.ts'

/** How a load generator is started. */
export interface GeneratorOptions {
  /** Program and arguments that run load/main.ts, e.g. `['taskset', '-c', '1', node, 'load/main.js']`. */
  command: readonly string[]
  env: Record<string, string | undefined>
  /** How many of it share the work: user i, connection i and every i-th arrival are those of process i mod processes. */
  processes: number
}

export interface LoginJob {
  url: string
  transport: Traits['transport']
  /** user0 to user{users-1} log in, once each. */
  users: number
  concurrency: number
  /** Default: all of it. */
  shard?: Shard
  /** Users of other fleets stay logged in, since load is sent to several by turns; default: they are let go. */
  beside?: boolean
}

export type LoginReport = Measurement['logins']

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
      popularityExponent?: Popularity
    }
  | {
      loop: 'open'
      arrivalsPerSec: number
      spacing: Arrivals['spacing']
      /** At most so many at once; an arrival that finds none free waits in a backlog. */
      connections: number
      /** The same seed gives the same arrivals, and where users are drawn the same users. */
      seed: number
      popularityExponent?: Popularity
      /** Beside the reads; default: neither. */
      issuing?: Issuing | undefined
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

/** What is issued meanwhile: users who log in anew, and logins that renew their token. Each is a Poisson process. */
export interface Issuing {
  loginsPerSec: number
  refreshesPerSec: number
}

/** Of the Zipf law by which reads draw their users, 0 for all alike; undefined: users in turn. */
export type Popularity = number | undefined

export type ClosedLoad = Extract<Load, { loop: 'closed' }>

export interface LoadJob {
  url: string
  load: Load
  /** Reads ask for so much handler work, which the servers must offer; default: for none. */
  handlerUs?: number
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
  /** How many loads came before it, as the generator counts: each draws other users. */
  earlier?: number
}

/** Hears as soon as the measurement window opens and closes. */
export type OnWindow = (edge: 'open' | 'close') => void

type Counted = 'windowSec' | 'requests' | 'statusCounts' | 'errors' | 'verifiedBodies' | 'wrongAnswers'
type Seen = Counted | 'distinctUsers' | 'latencyUs' | 'arrivals'

/** What the generator saw between window open and window close: what its record says, and what that is made of. */
export interface LoadReport
  extends Pick<Measurement, Seen>,
    Partial<Pick<Measurement, 'journeys' | 'handshakes'>> {
  /** Requests by equal slices of the window, to see a trend in it. */
  requestsPerSlice: number[]
  /** First few wrong answers, without credentials, for the reason of an invalid trial. */
  wrongExamples: string[]
  bytesSent: number
  bytesReceived: number
}

/** One process's part of a LoadReport, with whole histograms (base64) in the place of their quantiles. */
export interface LoadShare extends Omit<LoadReport, 'latencyUs' | 'arrivals' | 'journeys'> {
  latency: string
  arrivals: ArrivalsShare | null
  journeys?: Omit<Journeys, 'perSec' | 'steps'> & { steps: Record<Step, string> }
}

/** The same of `Arrivals`. */
interface ArrivalsShare
  extends Omit<Arrivals, 'perSec' | 'spacing' | 'uncorrectedUs' | 'lagUs' | 'histogram'> {
  uncorrected: string
  lag: string
}

export type Journeys = NonNullable<Measurement['journeys']>
export type Step = keyof Journeys['steps']

/**
 * What the harness asks for: one job at a time, and that it end early. All processes hear of the whole load; each
 * takes the share that its login was for. The child leaves when the channel closes.
 */
export type HarnessMessage =
  | { type: 'login'; job: LoginJob }
  | { type: 'load'; job: LoadJob; startUs: number }
  | { type: 'cancel' }

/** What the generator says. Every job ends with its own `-done` or with `failed`. */
export type GeneratorMessage =
  | { type: 'ready' }
  | { type: 'login-done'; report: LoginReport }
  | { type: 'window'; edge: 'open' | 'close' }
  | { type: 'load-done'; share: LoadShare }
  | { type: 'failed'; code: string; message: string }

/** One or several processes that send load. They keep the credentials; the harness never holds them. */
export interface Generator {
  readonly pids: readonly number[]
  login(job: LoginJob): Promise<LoginReport>
  /** `onWindow` is for the probe, to be aligned with the window. */
  load(job: LoadJob, onWindow: OnWindow): Promise<LoadReport>
  close(): Promise<void>
}
