/** Executes one trial from fresh processes to a record; whatever happens, nothing of it keeps running. */
import { AuthscaleError } from './errors.ts'
import { longestLadderSec } from './experiments/ladder.ts'
import type { StateLimit } from './experiments/state-limit.ts'
import { settleSec } from './journey.ts'
import { startGenerator } from './load/generator.ts'
import { type Judged, LONGEST_WARMUP_SEC, measure, type Session } from './phases.ts'
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
  const { scheme, replicas, users, settings, quotas, largestState } = trial.arm
  const spec: FleetSpec = { scheme: scheme as SchemeName, traits, replicas, users, settings, quotas }
  if (!largestState) return await measureOn(spec, trial, conditions)
  const stateLimit = await findStateLimit(largestState, spec, conditions)
  const largest = { ...settings, stateBytes: stateLimit.acceptedBytes }
  const judged = await measureOn({ ...spec, settings: largest }, trial, conditions)
  return withLimit(judged, stateLimit)
}

async function measureOn(spec: FleetSpec, trial: Trial, conditions: Conditions): Promise<Judged> {
  const { fleet, signal } = conditions
  signal.throwIfAborted()
  // An interrupt waits for the start: a fleet that is half up could not be stopped in good order.
  const { running, generator } = await startBoth(fleet, spec)
  const done = new AbortController()
  try {
    signal.throwIfAborted()
    const limit = rejectOn(AbortSignal.any([signal, AbortSignal.timeout(longestMs(trial))]), done.signal)
    const death = running.died.then((reason) => Promise.reject(new Error(reason)))
    const session: Session = { trial, traits: spec.traits, running, generator, ...conditions }
    return await Promise.race([measure(session), death, limit])
  } finally {
    done.abort()
    await Promise.all([generator.close(), running.stop()])
  }
}

/** Also on what a gate rejected: what a scheme takes does not depend on how busy the machine is. */
function withLimit(judged: Judged, stateLimit: StateLimit): Judged {
  if (judged.ok) return { ...judged, measurement: { ...judged.measurement, stateLimit } }
  return { ...judged, measurement: judged.measurement && { ...judged.measurement, stateLimit } }
}

/** At the same time, for each takes a good part of a second; when one fails, the other is ended. */
async function startBoth(fleet: Fleet, spec: FleetSpec) {
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
  const warmup = arm.warmupSec + LONGEST_WARMUP_SEC * arm.replicas
  return Math.ceil((warmup + windows + arm.users / SLOWEST_LOGINS_PER_SEC + SLACK_SEC) * 1_000)
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
