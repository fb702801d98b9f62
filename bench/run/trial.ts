/**
 * Executes trials from fresh processes to records, one alone or those together that work in shifts on one fleet; whatever
 * happens, nothing of it keeps running.
 */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { AuthscaleError, messageOf } from '../errors.ts'
import { examine, findStateLimit } from '../experiments/acts.ts'
import { longestLadderSec } from '../figures/ladder.ts'
import type { Surroundings } from '../fleet/ask-fleet.ts'
import type { Fleet, FleetSpec } from '../fleet/fleet.ts'
import { startGenerator } from '../load/generator.ts'
import { unlessAborted, unlessEnded, within } from '../load/in-time.ts'
import { settleSec } from '../record/journey.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Measurement, Rules, Trial, TrialResult } from '../record/types.ts'
import { measure } from './phases.ts'
import { rotate, togetherSec } from './rotation/rotate.ts'
import { type Judged, LONGEST_WARMUP_SEC, type Session } from './window.ts'

/** No trial may hang: the longest phases are known, anything beyond this on top of them is a fault. */
const SLACK_SEC = 60
/** Starting a fleet takes about a second; this is for machines that swap. */
const START_LIMIT_MS = 60_000
/** Slowest login rate that is still taken for progress, in users a second. */
const SLOWEST_LOGINS_PER_SEC = 200

/** Thrown out of a trial that the user stopped; it leaves no record and is measured anew on resume. */
export class Interrupted extends Error {}

/** What a trial is executed with, the same for all trials of a run. */
export interface Conditions extends Surroundings {
  rules: Rules
  /** The run's seed: arrivals are drawn from it, the trial and the rung. */
  seed: number
}

/** One trial alone. @throws as `runTogether` */
export async function runTrial(trial: Trial, traits: Traits, conditions: Conditions): Promise<TrialResult> {
  const [result] = await runTogether([trial], traits, conditions)
  if (!result) throw new Error(`${trial.id} has no result`)
  return result
}

/**
 * One trial, or all of those that work in shifts on one fleet. Failures become records with a reason. Rejects only when
 * interrupted, or for faults that every trial would meet.
 * @returns their records, in the order of the trials
 */
export async function runTogether(
  trials: readonly Trial[],
  traits: Traits,
  conditions: Conditions,
): Promise<TrialResult[]> {
  const startedAt = new Date().toISOString()
  const judged = await execute(trials, traits, conditions).catch((error: unknown): Judged[] => {
    if (conditions.signal.aborted) throw new Interrupted('stopped', { cause: error })
    if (error instanceof AuthscaleError && FATAL.has(error.code)) throw error
    const failure = { reason: oneLine(error), rejectedBy: [], measurement: null, rungs: [] }
    return trials.map(() => ({ ok: false, ...failure }))
  })
  return judged.flatMap((one, i) => {
    const trial = trials[i]
    return trial ? [{ schemaVersion: SCHEMA_VERSION, trial, startedAt, ...one }] : []
  })
}

/** Errors of the machine, not of the trial: going on would only repeat them. */
const FATAL = new Set([
  'PORT_TAKEN',
  'REDIS_UNREACHABLE',
  'NO_SPACE',
  'WRITE_FAILED',
  'HAPROXY_REFUSED',
  'STOP_FAILED',
  'NO_QUOTAS',
  'QUOTA_TOO_SMALL',
  'QUOTAS_TOO_LARGE',
  'QUOTA_UNSEEN',
  'SETTING_UNKNOWN_HERE',
  'RUNTIME_UNKNOWN',
  'RUNTIME_MISSING',
  'REDIS_SOCKET',
  'SUPERVISOR_FAILED',
])

async function execute(trials: readonly Trial[], traits: Traits, conditions: Conditions): Promise<Judged[]> {
  const [trial] = trials
  if (!trial) return []
  const { fleet, largestState, settings, examine: asked } = trial.arm
  const spec = specOf(trial.arm, traits)
  if (fleet !== undefined) {
    const limitSec = fleetSec(trial.arm) + togetherSec(trials.map(({ arm }) => arm))
    const all = { ...spec, replicas: fleet }
    return await onFleet(all, trial, conditions, limitSec, (session) => rotate(session, trials))
  }
  if (asked) {
    const examined = await examine(asked, spec, conditions)
    return [withFound(await measureOn(spec, trial, conditions), { examined })]
  }
  if (!largestState) return [await measureOn(spec, trial, conditions)]
  const stateLimit = await findStateLimit(largestState, spec, conditions)
  const largest = { ...settings, stateBytes: stateLimit.acceptedBytes }
  const judged = await measureOn({ ...spec, settings: largest }, trial, conditions)
  return [withFound(judged, { stateLimit })]
}

function specOf(arm: Arm, traits: Traits): FleetSpec {
  const { scheme, replicas, settings, quotas } = arm
  const users = arm.users + (arm.observe?.users ?? 0)
  const mostPerReplica = boundOf(arm)
  const fault = arm.observe?.kind === 'faults' ? arm.observe.fault : undefined
  return { scheme: scheme as SchemeName, traits, replicas, users, settings, quotas, mostPerReplica, fault }
}

/**
 * Under quotas replicas run by turns, and requests pile up at one that has to wait. Each that needs a new connection is
 * then late by seconds, since Node accepts one in a turn of its loop: with a bound, those opened in the warm-up suffice.
 *
 * Just as many as the load has for each. With fewer places the rest waits in the proxy's common queue, and that queue
 * moves when a replica in rotation ends a request. A replica whose shift has just begun ends none, so the queue stands
 * still.
 */
function boundOf({ quotas, load, replicas }: Arm): number | undefined {
  return quotas && load.loop === 'closed' ? Math.ceil(load.connections / replicas) : undefined
}

function measureOn(spec: FleetSpec, trial: Trial, conditions: Conditions): Promise<Judged> {
  const { load, measureSec, observe } = trial.arm
  const fault = observe?.kind === 'faults' ? observe : { beforeSec: 0, faultSec: 0, afterSec: 0 }
  const settlingSec = load.loop === 'journey' ? settleSec(load) : 0
  const windowsSec = load.loop === 'open' ? longestLadderSec(load, measureSec) : settlingSec + measureSec
  const faultSec = fault.beforeSec + fault.faultSec + fault.afterSec
  return onFleet(spec, trial, conditions, fleetSec(trial.arm) + windowsSec + faultSec, measure)
}

async function onFleet<T>(
  spec: FleetSpec,
  trial: Trial,
  { fleet, signal, rules, seed }: Conditions,
  limitSec: number,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  // An interrupt waits for the start: a fleet that is half up could not be stopped in good order.
  const { running, generator } = await startBoth(fleet, spec)
  try {
    signal.throwIfAborted()
    const session = { trial, traits: spec.traits, running, generator, rules, seed }
    const used = unlessAborted(unlessEnded(use(session), running.died), signal)
    return await within(1_000 * limitSec, used, () => {
      throw new Error(`the trial took longer than its limit of ${Math.ceil(limitSec)} s`)
    })
  } finally {
    await Promise.all([generator.close(), running.stop()])
  }
}

/** The longest that logins and warm-up may take, with slack for what is not known. */
function fleetSec({ replicas, fleet = replicas, warmupSec, users }: Arm): number {
  return warmupSec + LONGEST_WARMUP_SEC * fleet + users / SLOWEST_LOGINS_PER_SEC + SLACK_SEC
}

/** Also on what a gate rejected: what was found without load does not depend on how busy the machine is. */
function withFound(judged: Judged, found: Pick<Measurement, 'stateLimit' | 'examined'>): Judged {
  if (judged.ok) return { ...judged, measurement: { ...judged.measurement, ...found } }
  return { ...judged, measurement: judged.measurement && { ...judged.measurement, ...found } }
}

/** At the same time, for each takes a good part of a second; when one fails, the other is ended. */
async function startBoth(fleet: Fleet, spec: FleetSpec) {
  const tooLong = () => {
    throw new Error(`fleet and generator did not start within ${START_LIMIT_MS / 1_000} s`)
  }
  const coming = startGenerator(fleet.generatorFor(spec.replicas))
  const [running, generator] = await Promise.allSettled([
    within(START_LIMIT_MS, fleet.start(spec), tooLong),
    within(START_LIMIT_MS, coming, tooLong),
  ])
  if (running.status === 'fulfilled' && generator.status === 'fulfilled')
    return { running: running.value, generator: generator.value }
  if (running.status === 'fulfilled') await running.value.stop()
  if (generator.status === 'fulfilled') await generator.value.close()
  // One that is late is ended when it is up; the fleet sees to its own.
  else coming.then((late) => late.close()).catch(() => {})
  throw [running, generator].find((one) => one.status === 'rejected')?.reason
}

const oneLine = (error: unknown): string => messageOf(error).replace(/\s+/g, ' ').trim()
