/** What happens between a fleet's start and its end: logins, then windows of load, each read and judged. */
import { observing } from '../experiments/acts.ts'
import { CONNECTIONS_PER_REPLICA } from '../experiments/profiles.ts'
import { keepsSlo, look, nextRung, rungSec } from '../figures/ladders/ladder.ts'
import type { Load } from '../load/job.ts'
import { settleSec } from '../record/journey.ts'
import type { Arm, Measurement, Observe, Rules, Rung, Warning } from '../record/types.ts'
import { seedOf } from '../stats/seeded.ts'
import { decision } from './gates.ts'
import type { Seeded } from './measurement.ts'
import type { TurnsLoad } from './turns/points.ts'
import {
  FREE_RAMP_SEC,
  failed,
  type Judged,
  judged,
  logIn,
  measureWindow,
  oneWindow,
  QUOTA_RAMP_SEC,
  rejected,
  type Session,
  warmUp,
} from './window.ts'

/** Load before a window opens on replicas that are warm: for connecting alone. */
const RAMP_SEC = 0.1
/** The same for logins, which begin one after the other over it. */
const LOGIN_RAMP_SEC = 1
/** Until every client that resumes TLS sessions has one. */
const CONNECT_RAMP_SEC = 0.5
/** Logins before journeys, whose rate alone would leave that code cold; reads have the arm's own number. */
const LOGINS_BEFORE_JOURNEYS = 2_000
/** What is still unanswered then has broken any SLO; waiting for more would only lengthen an overload. */
const LEAST_DRAIN_SEC = 0.4
/** Window at the end of a ladder's warm-up: long enough to see what the closed loop reaches. */
const SATURATION_SEC = 0.8
/** Where nobody asked for the closed loop: it only shows that the fleet answers. */
const GLANCE_SEC = 0.1

type ClosedLoad = Extract<Load, { loop: 'closed' }>
type Ladder = Extract<Arm['load'], { loop: 'open' }>
type JourneyLoad = Extract<Arm['load'], { loop: 'journey' }>
type Fault = Extract<Observe, { kind: 'faults' }>

/** What the arm's load asks for, from the logins to the last window. */
export async function measure(session: Session): Promise<Judged> {
  const { load, observe } = session.trial.arm
  if (load.loop === 'turns') throw new Error('turns are taken by the arms of a generation together')
  if (observe?.kind === 'faults' && load.loop === 'closed') return underFault(session, load, observe)
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

function rampSec({ requests = 'read', reuse = 'kept' }: ClosedLoad): number {
  if (requests !== 'read') return LOGIN_RAMP_SEC
  return reuse === 'kept' ? RAMP_SEC : CONNECT_RAMP_SEC
}

/**
 * A window of ordinary load first, which says what the fleet does when it is well, and then the fault by itself. A
 * generator's figures mean nothing while a fleet is broken, and its errors would end the trial.
 */
async function underFault(session: Session, load: ClosedLoad, asked: Fault): Promise<Judged> {
  const { trial, traits, running, rules } = session
  const seeded = await logIn(session)
  await warmUp(session, load)
  await running.constrain()
  const { measureSec, settings, users } = trial.arm
  const well = await measureWindow(session, seeded, { load, warmupSec: RAMP_SEC, measureSec })
  if (well.invalid) return failed(well.invalid, well.measurement)
  const observation = observing(asked, { running, traits, settings, firstUser: users })
  observation.open()
  try {
    return judged(rules, { ...well.measurement, observed: await observation.seen })
  } finally {
    await observation.end()
  }
}

/** Closed-loop reads and logins, then one window of journeys when as many of them end as begin. */
async function travel(session: Session, load: JourneyLoad): Promise<Judged> {
  const { arm } = session.trial
  const seeded = await logIn(session)
  const reads = warmUpReads(arm)
  await warmUp(session, reads)
  await warmUp(session, { ...reads, requests: 'login' }, Math.min(arm.warmupRequests, LOGINS_BEFORE_JOURNEYS))
  await session.running.constrain()
  return oneWindow(session, seeded, {
    load: { ...load, seed: arrivalSeed(session, 0) },
    warmupSec: settleSec(load),
    measureSec: arm.measureSec,
  })
}

function warmUpReads({ replicas, users }: Arm): ClosedLoad {
  return { loop: 'closed', connections: Math.min(CONNECTIONS_PER_REPLICA * replicas, users) }
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
  const { rules } = session
  const rungs: Rung[] = []
  const nextStep = () => {
    const looks = rungs.map((rung) => look(rung, rules.slo))
    return nextRung(ladder, looks, measurement.throughputPerSec)
  }
  for (let next = nextStep(); next; next = nextStep()) {
    const window = await measureRung(session, seeded, ladder, next.arrivalsPerSec, rungs.length)
    if (window.invalid) return failed(window.invalid, window.measurement)
    rungs.push({ ...next, rejectedBy: rejecting(rules, window.measurement), measurement: window.measurement })
  }
  if (rungs.some(({ rejectedBy }) => rejectedBy.length === 0)) return { ok: true, measurement, rungs }
  return rejected([...new Set(rungs.flatMap(({ rejectedBy }) => rejectedBy))], measurement, rungs)
}

/**
 * Where a queue grows through the window, more requests arrive than leave, and Little's law holds of neither. That is what broke the
 * SLO there, and no fault of the instrument.
 */
function rejecting({ gates, slo }: Rules, measurement: Measurement): Warning[] {
  const { reject } = decision(gates, measurement)
  return keepsSlo(slo, measurement) ? reject : reject.filter((id) => id !== 'littles-law')
}

/** Before turns: the closed loop until the code is warm, and a window of it that no gate keeps from being a look. */
export async function saturation(session: Session, turns: TurnsLoad): Promise<Judged> {
  const { connections, closed, popularityExponent } = turns
  const seeded = await logIn(session)
  const load = { loop: 'closed', connections, popularityExponent } as const
  await warmUp(session, load)
  const measureSec = closed ? SATURATION_SEC : GLANCE_SEC
  const window = { load, warmupSec: RAMP_SEC, measureSec }
  const { measurement, invalid } = await measureWindow(session, seeded, window)
  return invalid ? failed(invalid, measurement) : { ok: true, measurement, rungs: [] }
}

function measureRung(session: Session, seeded: Seeded, ladder: Ladder, perSec: number, rung: number) {
  const { connections, spacing, settleSec, popularityExponent } = ladder
  const seed = arrivalSeed(session, rung)
  return measureWindow(session, seeded, {
    load: { loop: 'open', arrivalsPerSec: perSec, spacing, connections, seed, popularityExponent },
    warmupSec: settleSec,
    measureSec: rungSec(perSec, session.trial.arm.measureSec),
    drainSec: Math.max(LEAST_DRAIN_SEC, (2 * session.rules.slo.limitMs) / 1_000),
    observes: true,
  })
}

/** Every rung has arrivals of its own, the same ones in a repeated run. */
const arrivalSeed = ({ trial, seed }: Session, rung: number) => seedOf(`${trial.id}/${rung}`, seed)
