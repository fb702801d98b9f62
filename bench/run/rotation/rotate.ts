/**
 * Trials that work in shifts on one fleet. Whatever its size, a fleet is then made of the same processes on the same
 * CPUs: one replica may be a tenth faster than the next. And their windows alternate: a CPU of a shared host was seen
 * to be twice as slow for a minute, without a word of steal. Sizes measured one after the other would differ by that.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Load } from '../../load/job.ts'
import type { Arm, Trial } from '../../record/types.ts'
import type { Seeded } from '../measurement.ts'
import {
  FREE_RAMP_SEC,
  failed,
  type Judged,
  judged,
  logIn,
  measureWindow,
  QUOTA_RAMP_SEC,
  type Session,
  VERIFY_EVERY,
  warmUp,
} from '../window.ts'
import { judgedPool, type Shift } from './pooled.ts'
import { alternating, inRotation, shiftsOf } from './rotation.ts'

/**
 * Load without quotas, then with them, before the window of a shift: shorter than a ramp, since replicas are warm. The
 * free part is what new connections need on a CPU that is half as fast as usual; with 0.4 s one was seen whose first
 * requests were answered a second later, under quotas.
 */
const FREE_SHIFT_SEC = 0.8
const SHIFT_RAMP_SEC = 1
/**
 * Short loads before the first of them. Where one ends and the next begins some thirty functions are compiled, and
 * replicas that were warm for requests alone spent a third of their quota on that in their first windows.
 */
const PRACTICE_LOADS = 6
const PRACTICE_SEC = 0.6

type ClosedLoad = Extract<Load, { loop: 'closed' }>

/** A trial of them, and what its shifts have shown so far. */
interface Entrant {
  trial: Trial
  load: ClosedLoad
  shifts: Shift[]
  failure: Judged | null
}

/**
 * @param session of any of them: what differs is the number of replicas and the load that goes with it
 * @returns what becomes of each, in their order
 */
export async function rotate(session: Session, trials: readonly Trial[]): Promise<Judged[]> {
  const { running, rules, traits } = session
  const entrants = trials.map((trial): Entrant => {
    const { load, quotas } = trial.arm
    if (load.loop !== 'closed' || !quotas) throw new Error(`${trial.id} cannot work in shifts`)
    return { trial, load, shifts: [], failure: null }
  })
  const seeded = await readyForRotation(session)
  const sizes = trials.map(({ arm }) => arm.replicas)
  for (const { index, ids } of alternating(running.replicas, sizes)) {
    const entrant = entrants[index]
    if (!entrant || entrant.failure) continue
    const { trial, load } = entrant
    const homes = traits.state === 'process' ? ids : undefined
    const shift = { ...session, ...inRotation({ ...session, trial }, ids) }
    const { measurement, invalid } = await oneShift(shift, seeded, { ...load, homes }, ids)
    if (invalid) entrant.failure = failed(invalid, measurement)
    entrant.shifts.push({ ids, measurement })
  }
  return entrants.map(({ trial, load, shifts, failure }) => {
    const context = { arm: trial.arm, loop: load.loop, placement: running.placement }
    return failure ?? judged(rules, judgedPool(shifts, rules.gates, context))
  })
}

async function oneShift(session: Session, seeded: Seeded, load: ClosedLoad, ids: readonly string[]) {
  const { running, trial } = session
  if (!running.rotate) throw new Error('the replicas of this fleet cannot work in shifts')
  await running.rotate(ids)
  return measureWindow(session, seeded, {
    load,
    constrainAfterSec: FREE_SHIFT_SEC,
    quotas: trial.arm.quotas,
    warmupSec: FREE_SHIFT_SEC + SHIFT_RAMP_SEC,
    measureSec: trial.arm.measureSec,
  })
}

/** All of them at once: logged in, warm, used to loads that end and begin, and then under quotas. */
async function readyForRotation(session: Session): Promise<Seeded> {
  const { running, generator, trial } = session
  const { replicas, fleet = replicas, users, load } = trial.arm
  const seeded = await logIn(session)
  const all = { loop: 'closed' as const, connections: Math.min(users, (load.connections * fleet) / replicas) }
  await warmUp(session, all)
  const job = { url: running.url, load: all, warmupSec: 0, verifyEvery: VERIFY_EVERY }
  for (let i = 0; i < PRACTICE_LOADS; i++)
    await generator.load({ ...job, measureSec: PRACTICE_SEC }, () => {})
  await Promise.all([
    generator.load({ ...job, measureSec: FREE_RAMP_SEC + QUOTA_RAMP_SEC }, () => {}),
    delay(FREE_RAMP_SEC * 1_000).then(() => running.constrain()),
  ])
  return seeded
}

/** All windows of an arm, each with the load before it. */
export function rotationSec({ replicas, fleet = replicas, measureSec }: Arm): number {
  const members = Array.from({ length: fleet }, (_, i) => ({ id: String(i) }))
  return shiftsOf(members, replicas).length * (FREE_SHIFT_SEC + SHIFT_RAMP_SEC + measureSec)
}

/** What arms that work in shifts together need, logins and warm-up aside. */
export function togetherSec(arms: readonly Arm[]): number {
  const practice = PRACTICE_LOADS * PRACTICE_SEC + FREE_RAMP_SEC + QUOTA_RAMP_SEC
  return arms.reduce((sum, arm) => sum + rotationSec(arm), practice)
}
