/** One window of load on a fleet, what has to happen before it, and what becomes of its figures. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Traits } from '../../servers/scheme.ts'
import { observing } from '../experiments/acts.ts'
import type { RunningFleet } from '../fleet/fleet.ts'
import type { Generator, LoadJob } from '../load/job.ts'
import { openProbe } from '../probe/probe.ts'
import { probeProtocols } from '../probe/protocols.ts'
import type { Measurement, Quotas, Rules, Rung, Trial, TrialResult, Warning } from '../record/types.ts'
import { decision, invalidity, tlsProblem } from './gates.ts'
import { type Seeded, toMeasurement } from './measurement.ts'

/** Logins in flight while users are seeded: enough to keep the replicas busy, few enough for a small listen queue. */
export const LOGIN_CONCURRENCY = 32
/** One reply in this many has its body compared with the user it should belong to. */
export const VERIFY_EVERY = 16
/**
 * Load without quotas, then with them, before a window under quotas opens. The quotas come while requests flow: a
 * load that begins anew meets code that has to be compiled again for what ending and beginning look like, and
 * replicas that accept one connection in a turn of their loop. Free, that takes a fraction of a second; with a
 * twelfth of a core many, in which each request is several times as dear.
 */
export const FREE_RAMP_SEC = 1.5
export const QUOTA_RAMP_SEC = 2
/** A replica that has not answered enough by then is as warm as it gets; a gate sees whether that was enough. */
export const LONGEST_WARMUP_SEC = 12
const LEAST_PIECE_SEC = 0.2
/** What is left takes less time than the piece before says: the code becomes faster meanwhile. */
const SPEED_UP = 0.6
/** A fleet that is up, and what its trial is about. */
export interface Session {
  trial: Trial
  traits: Traits
  running: RunningFleet
  generator: Generator
  rules: Rules
  seed: number
}

/** A trial's record without its head. */
export type Judged =
  | Pick<Extract<TrialResult, { ok: true }>, 'ok' | 'measurement' | 'rungs' | 'turns'>
  | Pick<Extract<TrialResult, { ok: false }>, 'ok' | 'reason' | 'rejectedBy' | 'measurement' | 'rungs'>

export async function oneWindow(session: Session, seeded: Seeded, window: Window): Promise<Judged> {
  const { measurement, invalid } = await measureWindow(session, seeded, { ...window, observes: true })
  return invalid ? failed(invalid, measurement) : judged(session.rules, measurement)
}

export function judged({ gates }: Rules, measurement: Measurement): Judged {
  const { reject } = decision(gates, measurement)
  return reject.length > 0 ? rejected(reject, measurement) : { ok: true, measurement, rungs: [] }
}

export function failed(reason: string, measurement: Measurement): Judged {
  return { ok: false, reason, rejectedBy: [], measurement, rungs: [] }
}

export function rejected(rejectedBy: Warning[], measurement: Measurement, rungs: Rung[] = []): Judged {
  const reason = `rejected by the gate${rejectedBy.length === 1 ? '' : 's'} ${rejectedBy.join(', ')}`
  return { ok: false, reason, rejectedBy, measurement, rungs }
}

/**
 * Closed-loop load whose figures are thrown away, until each replica has answered as many requests as the arm asks
 * for. In pieces, since how long that takes is only known when some of it is over.
 */
export async function warmUp(
  { trial, running, generator }: Session,
  load: LoadJob['load'],
  requestsPerReplica = trial.arm.warmupRequests,
): Promise<void> {
  const { warmupSec } = trial.arm
  const replicas = running.replicas.length
  const wanted = requestsPerReplica * replicas
  const longest = Math.max(warmupSec, LONGEST_WARMUP_SEC * replicas)
  const job = { url: running.url, load, warmupSec: 0, verifyEvery: VERIFY_EVERY }
  let [served, spent, next] = [0, 0, warmupSec]
  while (next > 0) {
    const { requests, windowSec } = await generator.load({ ...job, measureSec: next }, () => {})
    served += requests
    spent += windowSec
    const missing = Math.max(0, wanted - served) / Math.max(1, requests / windowSec)
    const piece = Math.max(SPEED_UP * missing, LEAST_PIECE_SEC)
    next = missing > 0 && spent < longest ? Math.min(piece, longest - spent) : 0
  }
}

export async function logIn({ trial, traits, running, generator }: Session): Promise<Seeded> {
  const probe = openProbe(running, generator.pids)
  try {
    const idle = await probe.memory()
    const { transport } = traits
    const { users, settings, load } = trial.arm
    const protocols = settings.tls ? await probeProtocols(running.url) : null
    const beside = load.loop === 'turns'
    const job = { url: running.url, transport, users, concurrency: LOGIN_CONCURRENCY, beside }
    const logins = await generator.login(job)
    return { idle, loggedIn: await probe.memory(), logins, protocols }
  } finally {
    probe.end()
  }
}

export interface Window extends Pick<LoadJob, 'load' | 'warmupSec' | 'measureSec' | 'drainSec'> {
  /** When the fleet is constrained, from the beginning of the load; absent: it was before, or needs not be. */
  constrainAfterSec?: number
  /** By these quotas instead of the fleet's own. */
  quotas?: Quotas | null
  /** Whether what the arm asks to be observed is done meanwhile. */
  observes?: true
}

/** @returns the measurement, and why it must not become a figure whatever the gates say */
export async function measureWindow(
  session: Session,
  seeded: Seeded,
  { constrainAfterSec, quotas, observes, ...window }: Window,
) {
  const { trial, traits, running, generator, rules } = session
  const { arm } = trial
  const probe = openProbe(running, generator.pids)
  const scene = { running, traits, settings: arm.settings, firstUser: arm.users }
  const observation = observes && arm.observe ? observing(arm.observe, scene) : null
  try {
    const mayStall = arm.quotas !== null
    const job = { url: running.url, ...window, verifyEvery: VERIFY_EVERY, mayStall }
    const [load, observed] = await Promise.all([
      generator.load(job, (edge) => {
        probe[edge]()
        observation?.[edge]()
      }),
      observation?.seen,
      constrainAfterSec !== undefined &&
        delay(constrainAfterSec * 1_000).then(() => running.constrain(quotas ?? undefined)),
    ])
    const of = { trial, placement: running.placement, gates: rules.gates }
    const seen = { load, window: await probe.window(), sent: window.load }
    const measurement = { ...toMeasurement({ ...of, ...seeded, ...seen }), ...(observed ? { observed } : {}) }
    const invalid = invalidity(measurement, load, arm) ?? tlsProblem(measurement, window.load, arm.settings)
    return { measurement, invalid }
  } finally {
    await observation?.end()
    probe.end()
  }
}
