/** Executes one trial from fresh processes to a record; whatever happens, nothing of it keeps running. */
import { AuthscaleError } from './errors.ts'
import { startGenerator } from './load/generator.ts'
import { toMeasurement } from './measurement.ts'
import { openProbe, type Probe } from './probe/probe.ts'
import { SCHEMA_VERSION } from './store/schema.ts'
import type {
  Fleet,
  Generator,
  LoadReport,
  Measurement,
  RunningFleet,
  SchemeName,
  Traits,
  Trial,
  TrialResult,
} from './types.ts'

/** Logins in flight while users are seeded: enough to keep the replicas busy, few enough for a small listen queue. */
const LOGIN_CONCURRENCY = 32
/** One reply in this many has its body compared with the user it should belong to. */
const VERIFY_EVERY = 16
/** No trial may hang: the longest phases are known, anything beyond this on top of them is a fault. */
const SLACK_SEC = 60
/** Starting a fleet takes about a second; this is for machines that swap. */
const START_LIMIT_MS = 60_000
/** Slowest login rate that is still taken for progress, in users a second. */
const SLOWEST_LOGINS_PER_SEC = 200

/** Thrown out of a trial that the user stopped; it leaves no record and is measured anew on resume. */
export class Interrupted extends Error {}

/** Failures become records with a reason. Rejects only when interrupted, or for faults that every trial would meet. */
export async function runTrial(
  trial: Trial,
  traits: Traits,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<TrialResult> {
  const record = {
    schemaVersion: SCHEMA_VERSION as typeof SCHEMA_VERSION,
    trial,
    startedAt: new Date().toISOString(),
  }
  try {
    const measurement = await measure(trial, traits, fleet, signal)
    const reason = invalidity(measurement)
    return reason
      ? { ...record, ok: false, reason }
      : { ...record, ok: true, measurement: measurement.measurement }
  } catch (error) {
    if (signal.aborted) throw new Interrupted('stopped', { cause: error })
    if (error instanceof AuthscaleError && FATAL.has(error.code)) throw error
    return { ...record, ok: false, reason: oneLine(error) }
  }
}

/** Errors of the machine, not of the trial: going on would only repeat them. */
const FATAL = new Set(['PORT_TAKEN', 'REDIS_UNREACHABLE', 'NO_SPACE', 'HAPROXY_REFUSED', 'STOP_FAILED'])

interface Measured {
  measurement: Measurement
  load: LoadReport
}

/** Why a trial must not become a figure, or null. One wrong answer is enough: speed without them is worth nothing. */
function invalidity({ measurement, load }: Measured): string | null {
  const { wrongAnswers, errors, requests, verifiedBodies } = measurement
  if (wrongAnswers > 0)
    return `${wrongAnswers} wrong answers of ${requests}: ${load.wrongExamples.join('; ')}`
  if (errors > 0)
    return `${errors} connection errors or timeouts beside ${requests} replies: ${load.wrongExamples.join('; ')}`
  if (requests === 0) return 'no reply inside the measurement window'
  if (verifiedBodies === 0) return 'no reply body was verified'
  return null
}

async function measure(trial: Trial, traits: Traits, fleet: Fleet, signal: AbortSignal): Promise<Measured> {
  signal.throwIfAborted()
  const { scheme, replicas, users } = trial.arm
  const done = new AbortController()
  const limit = rejectOn(AbortSignal.any([signal, AbortSignal.timeout(longestMs(trial))]), done.signal)
  let running: RunningFleet | undefined
  let generator: Generator | undefined
  try {
    // An interrupt waits for the start: a fleet that is half up could not be stopped in good order.
    const started = fleet.start({ scheme: scheme as SchemeName, traits, replicas, users })
    running = await Promise.race([started, rejectOn(AbortSignal.timeout(START_LIMIT_MS), done.signal)])
    generator = await Promise.race([startGenerator(running.generator), limit])
    const probe = openProbe(running, generator.pid)
    try {
      const death = running.died.then((reason) => Promise.reject(new Error(reason)))
      return await Promise.race([phases(trial, traits, { running, probe, generator }), death, limit])
    } finally {
      probe.end()
    }
  } finally {
    done.abort()
    await Promise.all([generator?.close(), running?.stop()])
  }
}

async function phases(
  trial: Trial,
  traits: Traits,
  parts: { running: RunningFleet; probe: Probe; generator: Generator },
): Promise<Measured> {
  const { running, probe, generator } = parts
  const { url, placement } = running
  const { users, load: wanted, warmupSec, measureSec } = trial.arm
  const idle = await probe.memory()
  const logins = await generator.login({
    url,
    transport: traits.transport,
    users,
    concurrency: LOGIN_CONCURRENCY,
  })
  const loggedIn = await probe.memory()
  const job = { url, load: wanted, warmupSec, measureSec, verifyEvery: VERIFY_EVERY }
  const load = await generator.load(job, (edge) => probe[edge]())
  const window = await probe.window()
  return { load, measurement: toMeasurement({ trial, placement, idle, loggedIn, logins, load, window }) }
}

function longestMs({ arm }: Trial): number {
  return (arm.warmupSec + arm.measureSec + arm.users / SLOWEST_LOGINS_PER_SEC + SLACK_SEC) * 1_000
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
