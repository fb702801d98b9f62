/** What happens between a fleet's start and its end: logins, then windows of load, each read and judged. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Look, look, nextRung, rungSec } from './experiments/ladder.ts'
import { CONNECTIONS_PER_REPLICA } from './experiments/profiles.ts'
import { decision, invalidity } from './gates.ts'
import { settleSec } from './journey.ts'
import { toMeasurement } from './measurement.ts'
import { pooled } from './pooled.ts'
import { type MemoryReading, openProbe } from './probe/probe.ts'
import { probeProtocols } from './probe/protocols.ts'
import { tlsProblem } from './tls-problem.ts'
import { inRotation, LEAST_TURNS, turnsOf } from './turns.ts'
import type {
  Arm,
  Generator,
  Load,
  LoadJob,
  LoginReport,
  Measurement,
  Quotas,
  Rules,
  Rung,
  RunningFleet,
  Traits,
  Trial,
  TrialResult,
  Warning,
} from './types.ts'

/** Logins in flight while users are seeded: enough to keep the replicas busy, few enough for a small listen queue. */
const LOGIN_CONCURRENCY = 32
/** One reply in this many has its body compared with the user it should belong to. */
const VERIFY_EVERY = 16
/** Load before a window opens on replicas that are warm: for connecting alone. */
const RAMP_SEC = 0.1
/** The same for logins, which begin one after the other over it. */
const LOGIN_RAMP_SEC = 1
/**
 * Load without quotas, then with them, before a window under quotas opens. The quotas come while requests flow: a
 * load that begins anew meets code that has to be compiled again for what ending and beginning look like, and
 * replicas that accept one connection in a turn of their loop. Free, that takes a fraction of a second; with a
 * twelfth of a core many, in which each request is several times as dear.
 */
const FREE_RAMP_SEC = 1.5
const QUOTA_RAMP_SEC = 2
/** The same before the window of those whose turn it is, when code is compiled for all that there is. */
const FREE_TURN_SEC = 0.4
const TURN_RAMP_SEC = 0.8
/** Until every client that resumes TLS sessions has one. */
const CONNECT_RAMP_SEC = 0.5
/** Logins before journeys, whose rate alone would leave that code cold; reads have the arm's own number. */
const LOGINS_BEFORE_JOURNEYS = 2_000
/** A replica that has not answered enough by then is as warm as it gets; a gate sees whether that was enough. */
export const LONGEST_WARMUP_SEC = 12
const LEAST_PIECE_SEC = 0.2
/** What is left takes less time than the piece before says: the code becomes faster meanwhile. */
const SPEED_UP = 0.6
/** What is still unanswered then has broken any SLO; waiting for more would only lengthen an overload. */
const LEAST_DRAIN_SEC = 0.4
/** Window at the end of a ladder's warm-up: long enough to see what the closed loop reaches. */
const SATURATION_SEC = 0.8

/** A fleet that is up, and what its trial is about. */
export interface Session {
  trial: Trial
  traits: Traits
  running: RunningFleet
  generator: Generator
  rules: Rules
  seed: number
  /** Where trials take turns on one fleet: what the first of them made it ready with. */
  turns?: { ready: Seeded | null; isReady(ready: Seeded): void }
}

/** A trial's record without its head. */
export type Judged =
  | Pick<Extract<TrialResult, { ok: true }>, 'ok' | 'measurement' | 'rungs'>
  | Pick<Extract<TrialResult, { ok: false }>, 'ok' | 'reason' | 'rejectedBy' | 'measurement' | 'rungs'>

type Turns = NonNullable<Session['turns']>
type ClosedLoad = Extract<Load, { loop: 'closed' }>
type Ladder = Extract<Arm['load'], { loop: 'open' }>
type JourneyLoad = Extract<Arm['load'], { loop: 'journey' }>

/** What the arm's load asks for, from the logins to the last window. */
export function measure(session: Session): Promise<Judged> {
  const { load } = session.trial.arm
  if (session.turns && load.loop === 'closed') return takeTurns(session, load, session.turns)
  if (load.loop === 'open') return climb(session, load)
  return load.loop === 'journey' ? travel(session, load) : closedLoop(session, load)
}

/** One closed-loop window. */
async function closedLoop(session: Session, load: ClosedLoad): Promise<Judged> {
  const seeded = await logIn(session)
  // A replica cannot tell how its proxy's clients connect, and over kept connections it is warm sooner.
  await warmUp(session, { ...load, reuse: 'kept' })
  const { quotas, measureSec } = session.trial.arm
  if (quotas) {
    const warmupSec = FREE_RAMP_SEC + QUOTA_RAMP_SEC
    return oneWindow(session, seeded, { load, warmupSec, constrainAfterSec: FREE_RAMP_SEC, measureSec })
  }
  await session.running.constrain()
  return oneWindow(session, seeded, { load, warmupSec: rampSec(load), measureSec })
}

/**
 * Groups of `replicas` take turns in rotation until each of the fleet was, so that a fleet of one is made of the same
 * processes on the same CPUs as a fleet of eight: one replica may be a tenth faster than the next.
 */
async function takeTurns(session: Session, load: ClosedLoad, { ready, isReady }: Turns): Promise<Judged> {
  const { running, rules, trial } = session
  const { replicas, quotas, measureSec } = trial.arm
  if (!running.rotate || !quotas) throw new Error('the replicas of this fleet cannot take turns')
  const seeded = ready ?? (await readyForTurns(session, load))
  isReady(seeded)
  const windows: Measurement[] = []
  for (const ids of turnsOf(running.replicas, replicas)) {
    await running.rotate(ids)
    const homes = session.traits.state === 'process' ? ids : undefined
    const window = {
      load: { ...load, homes },
      constrainAfterSec: FREE_TURN_SEC,
      quotas,
      warmupSec: FREE_TURN_SEC + TURN_RAMP_SEC,
      measureSec,
    }
    const { measurement, invalid } = await measureWindow(
      { ...session, ...inRotation(session, ids) },
      seeded,
      window,
    )
    if (invalid) return failed(invalid, measurement)
    windows.push(measurement)
  }
  const measurement = pooled(windows)
  const { reject } = decision(rules.gates, measurement)
  return reject.length > 0 ? rejected(reject, measurement) : { ok: true, measurement, rungs: [] }
}

/** All of them at once: logged in, warm, and then under quotas. */
async function readyForTurns(session: Session, load: ClosedLoad): Promise<Seeded> {
  const { running, generator, trial } = session
  const { replicas, fleet = replicas, users } = trial.arm
  const seeded = await logIn(session)
  const all = { ...load, connections: Math.min(users, (load.connections * fleet) / replicas) }
  await warmUp(session, all)
  const job = { url: running.url, load: all, warmupSec: 0, verifyEvery: VERIFY_EVERY }
  await Promise.all([
    generator.load({ ...job, measureSec: FREE_RAMP_SEC + QUOTA_RAMP_SEC }, () => {}),
    delay(FREE_RAMP_SEC * 1_000).then(() => running.constrain()),
  ])
  return seeded
}

/** An upper bound for the time limit of a trial. */
export function longestTurnsSec({ replicas, fleet = replicas, measureSec }: Arm): number {
  return FREE_RAMP_SEC + QUOTA_RAMP_SEC + (fleet + LEAST_TURNS) * (FREE_TURN_SEC + TURN_RAMP_SEC + measureSec)
}

function rampSec({ requests, reuse = 'kept' }: ClosedLoad): number {
  if (requests === 'login') return LOGIN_RAMP_SEC
  return reuse === 'kept' ? RAMP_SEC : CONNECT_RAMP_SEC
}

/** Closed-loop reads and logins, then one window of journeys when as many of them end as begin. */
async function travel(session: Session, load: JourneyLoad): Promise<Judged> {
  const { id, arm } = session.trial
  const seeded = await logIn(session)
  const reads = warmUpReads(arm)
  await warmUp(session, reads)
  await warmUp(session, { ...reads, requests: 'login' }, Math.min(arm.warmupRequests, LOGINS_BEFORE_JOURNEYS))
  await session.running.constrain()
  return oneWindow(session, seeded, {
    load: { ...load, seed: arrivalSeed(session.seed, id, 0) },
    warmupSec: settleSec(load),
    measureSec: arm.measureSec,
  })
}

function warmUpReads({ replicas, users }: Arm): ClosedLoad {
  return { loop: 'closed', connections: Math.min(CONNECTIONS_PER_REPLICA * replicas, users) }
}

async function oneWindow(session: Session, seeded: Seeded, window: Window): Promise<Judged> {
  const { measurement, invalid } = await measureWindow(session, seeded, window)
  if (invalid) return failed(invalid, measurement)
  const { reject } = decision(session.rules.gates, measurement)
  return reject.length > 0 ? rejected(reject, measurement) : { ok: true, measurement, rungs: [] }
}

/**
 * A closed-loop warm-up, at whose end the closed loop is measured, then rung after rung on the same processes. They
 * are not started anew for each rung, since code that is compiled anew each time would be most of what is seen.
 */
async function climb(session: Session, ladder: Ladder): Promise<Judged> {
  const { arm } = session.trial
  const seeded = await logIn(session)
  const load = warmUpReads(arm)
  await warmUp(session, load)
  await session.running.constrain()
  const saturated = { load, warmupSec: RAMP_SEC, measureSec: Math.min(SATURATION_SEC, arm.measureSec) }
  const { measurement, invalid } = await measureWindow(session, seeded, saturated)
  if (invalid) return failed(invalid, measurement)
  const rungs: Rung[] = []
  const looks: Look[] = []
  const nextStep = () => nextRung(ladder, looks, measurement.throughputPerSec)
  for (let next = nextStep(); next; next = nextStep()) {
    const window = await measureRung(session, seeded, ladder, next.arrivalsPerSec, rungs.length)
    if (window.invalid) return failed(window.invalid, window.measurement)
    const { reject } = decision(session.rules.gates, window.measurement)
    const rung = { ...next, rejectedBy: reject, measurement: window.measurement }
    rungs.push(rung)
    looks.push(look(rung, session.rules.slo))
  }
  if (rungs.some(({ rejectedBy }) => rejectedBy.length === 0)) return { ok: true, measurement, rungs }
  return rejected([...new Set(rungs.flatMap(({ rejectedBy }) => rejectedBy))], measurement, rungs)
}

function failed(reason: string, measurement: Measurement): Judged {
  return { ok: false, reason, rejectedBy: [], measurement, rungs: [] }
}

function rejected(rejectedBy: Warning[], measurement: Measurement, rungs: Rung[] = []): Judged {
  const gates = rejectedBy.length === 1 ? 'gate' : 'gates'
  return {
    ok: false,
    reason: `rejected by the ${gates} ${rejectedBy.join(', ')}`,
    rejectedBy,
    measurement,
    rungs,
  }
}

/**
 * Closed-loop load whose figures are thrown away, until each replica has answered as many requests as the arm asks
 * for. In pieces, since how long that takes is only known when some of it is over.
 */
async function warmUp(
  { trial, running, generator }: Session,
  load: ClosedLoad,
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

/** Users that are logged in, what they took, and what the proxy said before. */
export interface Seeded {
  idle: MemoryReading
  loggedIn: MemoryReading
  logins: LoginReport
  protocols: Measurement['protocols']
}

async function logIn({ trial, traits, running, generator }: Session): Promise<Seeded> {
  const probe = openProbe(running, generator.pids)
  try {
    const idle = await probe.memory()
    const { transport } = traits
    const { users, settings } = trial.arm
    const protocols = settings.tls ? await probeProtocols(running.url) : null
    const job = { url: running.url, transport, users, concurrency: LOGIN_CONCURRENCY }
    const logins = await generator.login(job)
    return { idle, loggedIn: await probe.memory(), logins, protocols }
  } finally {
    probe.end()
  }
}

interface Window extends Pick<LoadJob, 'load' | 'warmupSec' | 'measureSec' | 'drainSec'> {
  /** When the fleet is constrained, from the beginning of the load; absent: it was before, or needs not be. */
  constrainAfterSec?: number
  /** By these quotas instead of the fleet's own. */
  quotas?: Quotas
}

function measureRung(
  session: Session,
  seeded: Seeded,
  ladder: Ladder,
  arrivalsPerSec: number,
  index: number,
) {
  const { connections, spacing, settleSec } = ladder
  const seed = arrivalSeed(session.seed, session.trial.id, index)
  return measureWindow(session, seeded, {
    load: { loop: 'open', arrivalsPerSec, spacing, connections, seed },
    warmupSec: settleSec,
    measureSec: rungSec(arrivalsPerSec, session.trial.arm.measureSec),
    drainSec: Math.max(LEAST_DRAIN_SEC, (2 * session.rules.slo.limitMs) / 1_000),
  })
}

/** @returns the measurement, and why it must not become a figure whatever the gates say */
async function measureWindow(
  session: Session,
  seeded: Seeded,
  { constrainAfterSec, quotas, ...window }: Window,
) {
  const { trial, running, generator, rules } = session
  const probe = openProbe(running, generator.pids)
  try {
    const mayStall = trial.arm.quotas !== null
    const job = { url: running.url, ...window, verifyEvery: VERIFY_EVERY, mayStall }
    const [load] = await Promise.all([
      generator.load(job, (edge) => probe[edge]()),
      constrainAfterSec !== undefined &&
        delay(constrainAfterSec * 1_000).then(() => running.constrain(quotas)),
    ])
    const reading = await probe.window()
    const facts = {
      trial,
      placement: running.placement,
      gates: rules.gates,
      load,
      window: reading,
      sent: window.load,
    }
    const measurement = toMeasurement({ ...facts, ...seeded })
    const invalid = invalidity(measurement, load, trial.arm)
    return { measurement, invalid: invalid ?? tlsProblem(measurement, window.load, trial.arm.settings) }
  } finally {
    probe.end()
  }
}

/** FNV-1a over the trial and the rung: every rung has arrivals of its own, the same ones in a repeated run. */
function arrivalSeed(seed: number, trialId: string, index: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of `${trialId}/${index}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}
