/** Executes one trial from fresh processes to a record; whatever happens, nothing of it keeps running. */
import { AuthscaleError } from './errors.ts'
import { longestLadderSec } from './experiments/ladder.ts'
import type { StateLimit } from './experiments/state-limit.ts'
import { settleSec } from './journey.ts'
import { type KeptFleet, type Started, stopBoth } from './kept-fleet.ts'
import { startGenerator } from './load/generator.ts'
import {
  type Judged,
  LONGEST_WARMUP_SEC,
  longestTurnsSec,
  measure,
  type Seeded,
  type Session,
} from './phases.ts'
import { findStateLimit } from './state-limit.ts'
import { SCHEMA_VERSION } from './store/schema.ts'
import type { Fleet, FleetSpec, Rules, SchemeName, Traits, Trial, TrialResult } from './types.ts'

/** No trial may hang: the longest phases are known, anything beyond this on top of them is a fault. */
const SLACK_SEC = 60
/** Starting a fleet takes about a second; this is for machines that swap. */
const START_LIMIT_MS = 60_000
/** Slowest login rate that is still taken for progress, in users a second. */
const SLOWEST_LOGINS_PER_SEC = 200

/** Thrown out of a trial that the user stopped; it leaves no record and is measured anew on resume. */
export class Interrupted extends Error {}

/** What a trial is executed with, the same for all trials of a run. */
export interface Conditions {
  fleet: Fleet
  rules: Rules
  /** What trials that take turns on one fleet have of it; whoever made it ends it when there is no next trial. */
  kept: KeptFleet<Seeded>
  /** The run's seed: arrivals are drawn from it, the trial and the rung. */
  seed: number
  signal: AbortSignal
}

/** Failures become records with a reason. Rejects only when interrupted, or for faults that every trial would meet. */
export async function runTrial(trial: Trial, traits: Traits, conditions: Conditions): Promise<TrialResult> {
  const record = {
    schemaVersion: SCHEMA_VERSION as typeof SCHEMA_VERSION,
    trial,
    startedAt: new Date().toISOString(),
  }
  try {
    return { ...record, ...(await execute(trial, traits, conditions)) }
  } catch (error) {
    if (conditions.signal.aborted) throw new Interrupted('stopped', { cause: error })
    if (error instanceof AuthscaleError && FATAL.has(error.code)) throw error
    return { ...record, ok: false, reason: oneLine(error), rejectedBy: [], measurement: null, rungs: [] }
  }
}

/** Errors of the machine, not of the trial: going on would only repeat them. */
const FATAL = new Set([
  'PORT_TAKEN',
  'REDIS_UNREACHABLE',
  'NO_SPACE',
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
])

async function execute(trial: Trial, traits: Traits, conditions: Conditions): Promise<Judged> {
  const { scheme, replicas, fleet = replicas, users, settings, quotas, largestState } = trial.arm
  const spec: FleetSpec = { scheme: scheme as SchemeName, traits, replicas: fleet, users, settings, quotas }
  if (trial.arm.fleet !== undefined) return await measureOnKept(spec, trial, conditions)
  await conditions.kept.end()
  if (!largestState) return await measureOn(spec, trial, conditions)
  const stateLimit = await findStateLimit(largestState, spec, conditions)
  const largest = { ...settings, stateBytes: stateLimit.acceptedBytes }
  const judged = await measureOn({ ...spec, settings: largest }, trial, conditions)
  return withLimit(judged, stateLimit)
}

async function measureOn(spec: FleetSpec, trial: Trial, conditions: Conditions): Promise<Judged> {
  conditions.signal.throwIfAborted()
  // An interrupt waits for the start: a fleet that is half up could not be stopped in good order.
  const started = await startBoth(conditions.fleet, spec)
  try {
    return await measureWithin({ trial, traits: spec.traits, ...started, ...conditions }, conditions.signal)
  } finally {
    await stopBoth(started)
  }
}

/** On the fleet of the trial before, if both are of one block and compared with the same; it stays up for the next. */
async function measureOnKept(spec: FleetSpec, trial: Trial, conditions: Conditions): Promise<Judged> {
  const { fleet, kept, signal } = conditions
  signal.throwIfAborted()
  const name = `${trial.arm.comparedWith ?? trial.arm.id}@${trial.block}`
  try {
    const { ready, ...started } = await kept.take(name, () => startBoth(fleet, spec))
    const turns = { ready, isReady: kept.isReady }
    const session = { trial, traits: spec.traits, ...started, turns, ...conditions }
    const judged = await measureWithin(session, signal)
    if (!judged.ok && judged.rejectedBy.length === 0) await kept.end()
    return judged
  } catch (error) {
    // What failed once may be what is wrong with it.
    await kept.end()
    throw error
  }
}

async function measureWithin(session: Session, signal: AbortSignal): Promise<Judged> {
  const done = new AbortController()
  try {
    signal.throwIfAborted()
    const longest = AbortSignal.timeout(longestMs(session.trial))
    const limit = rejectOn(AbortSignal.any([signal, longest]), done.signal)
    const death = session.running.died.then((reason) => Promise.reject(new Error(reason)))
    return await Promise.race([measure(session), death, limit])
  } finally {
    done.abort()
  }
}

/** Also on what a gate rejected: what a scheme takes does not depend on how busy the machine is. */
function withLimit(judged: Judged, stateLimit: StateLimit): Judged {
  if (judged.ok) return { ...judged, measurement: { ...judged.measurement, stateLimit } }
  return { ...judged, measurement: judged.measurement && { ...judged.measurement, stateLimit } }
}

/** At the same time, for each takes a good part of a second; when one fails, the other is ended. */
async function startBoth(fleet: Fleet, spec: FleetSpec): Promise<Started> {
  const done = new AbortController()
  const limit = rejectOn(AbortSignal.timeout(START_LIMIT_MS), done.signal)
  const [running, generator] = await Promise.allSettled([
    Promise.race([fleet.start(spec), limit]),
    Promise.race([startGenerator(fleet.generatorFor(spec.replicas)), limit]),
  ])
  done.abort()
  if (running.status === 'fulfilled' && generator.status === 'fulfilled')
    return { running: running.value, generator: generator.value }
  if (running.status === 'fulfilled') await running.value.stop()
  if (generator.status === 'fulfilled') await generator.value.close()
  throw [running, generator].find((one) => one.status === 'rejected')?.reason
}

function longestMs({ arm }: Trial): number {
  const { load, measureSec } = arm
  const windows =
    load.loop === 'open'
      ? longestLadderSec(load, measureSec)
      : measureSec + (load.loop === 'journey' ? settleSec(load) : 0)
  const { fleet = arm.replicas } = arm
  const warmup = arm.warmupSec + LONGEST_WARMUP_SEC * fleet
  const turns = arm.fleet === undefined ? 0 : longestTurnsSec(arm)
  return Math.ceil((warmup + windows + turns + arm.users / SLOWEST_LOGINS_PER_SEC + SLACK_SEC) * 1_000)
}

/** Rejects when `signal` aborts, unless `done` aborted before. */
function rejectOn(signal: AbortSignal, done: AbortSignal): Promise<never> {
  const limit = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error('the trial took longer than its limit', { cause: signal.reason }))
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true, signal: done })
  })
  // It may reject while nobody waits for it; whoever races against it later still hears of it.
  limit.catch(() => {})
  return limit
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s+/g, ' ').trim()
}
