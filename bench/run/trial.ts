/**
 * Executes trials from fresh processes to records, one alone or those together that work in shifts on one fleet; whatever
 * happens, nothing of it keeps running.
 */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { AuthscaleError, messageOf } from '../errors.ts'
import { examine, findStateLimit } from '../experiments/acts.ts'
import { longestLadderSec } from '../figures/ladders/ladder.ts'
import { isFirstControl } from '../figures/records.ts'
import type { Surroundings } from '../fleet/ask-fleet.ts'
import type { Fleet, FleetSpec, RunningFleet } from '../fleet/fleet.ts'
import { startGenerator } from '../load/generator.ts'
import { unlessAborted, unlessEnded, within } from '../load/in-time.ts'
import { settleSec } from '../record/journey.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Measurement, Rules, Trial, TrialResult } from '../record/types.ts'
import { seedOf } from '../stats/seeded.ts'
import { traits } from '../traits.ts'
import { fleetSec, generationSec } from './limits.ts'
import { measure } from './phases.ts'
import { rotate, togetherSec } from './rotation/rotate.ts'
import { cellsOf, focusedHandfuls } from './turns/focus.ts'
import { playGeneration } from './turns/generation.ts'
import { handfulsOf } from './turns/order.ts'
import { pointsOf } from './turns/points.ts'
import type { Judged, Session } from './window.ts'

/** Starting a fleet takes about a second; this is for machines that swap. */
const START_LIMIT_MS = 60_000

/** Thrown out of a trial that the user stopped; it leaves no record and is measured anew on resume. */
export class Interrupted extends Error {}

/** What a trial is executed with, the same for all trials of a run. */
export interface Conditions extends Surroundings {
  rules: Rules
  /** The run's seed: arrivals are drawn from it, the trial and the rung. */
  seed: number
  /** Told what the arms that take turns have shown, after each pass of them but the last and a few times after it. */
  passed?: (records: TrialResult[], passes: number) => void
  /** What is on record already: turns beyond the passes go to where all of it leaves figures least sure. */
  earlier?: readonly TrialResult[]
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
  const recorded = (judged: readonly Judged[]): TrialResult[] =>
    judged.flatMap((one, i) => {
      const trial = trials[i]
      return trial ? [{ schemaVersion: SCHEMA_VERSION, trial, startedAt, ...one }] : []
    })
  const judged = await execute(trials, traits, conditions, recorded).catch((error: unknown): Judged[] => {
    if (conditions.signal.aborted) throw new Interrupted('stopped', { cause: error })
    if (error instanceof AuthscaleError && FATAL.has(error.code)) throw error
    const failure = { reason: oneLine(error), rejectedBy: [], measurement: null, rungs: [] }
    return trials.map(() => ({ ok: false, ...failure }))
  })
  return recorded(judged)
}

type Recorded = (judged: readonly Judged[]) => TrialResult[]

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
  'PACKAGES_MISSING',
  'PACKAGES_UNUSABLE',
  'REDIS_SOCKET',
  'SUPERVISOR_FAILED',
])

async function execute(
  trials: readonly Trial[],
  own: Traits,
  conditions: Conditions,
  recorded: Recorded,
): Promise<Judged[]> {
  const [trial] = trials
  if (!trial) return []
  const { fleet, largestState, settings, load, examine: asked } = trial.arm
  if (load.loop === 'turns') return await generation(trials, conditions, recorded)
  const spec = specOf(trial.arm, own)
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

/** All arms that take turns with each other. What an interrupt finds measured is kept. */
async function generation(
  trials: readonly Trial[],
  conditions: Conditions,
  recorded: Recorded,
): Promise<Judged[]> {
  const specs = trials.map(({ arm }) => specOf(arm, traits[arm.scheme as SchemeName]))
  // Of several groups, where not all fleets fit into memory at once, some lack it: then the first stands in for it.
  const control = Math.max(
    0,
    trials.findIndex(({ arm }) => isFirstControl(arm)),
  )
  const { signal, seed, passed, earlier = [] } = conditions
  const more = (soFar: Judged[], round: number) => {
    const { load, id } = (trials[control] as Trial).arm
    if (load.loop !== 'turns') return []
    const cells = cellsOf(trials, control, pointsOf(load), [...earlier, ...recorded(soFar)])
    return focusedHandfuls(cells, control, HANDFULS_AT_ONCE, seedOf(`${id}/${round}`, seed))
  }
  // As many as have a turn in each pass, so that none has rested for less than the arms beside it.
  const wanted = handfulsOf(trials.length) - 1
  const extra = Math.max(0, Math.min(wanted, (conditions.fleet.together?.most ?? 1) - trials.length))
  const again = <T>(all: readonly T[]) => [...all, ...Array.from({ length: extra }, () => all[control] as T)]
  const limitSec = generationSec(again(trials).map(({ arm }) => arm))
  return await onFleets(again(specs), again(trials), conditions, limitSec, (sessions) =>
    playGeneration(sessions.slice(0, trials.length), control, {
      ...{ signal, more, controls: sessions.slice(trials.length) },
      passed: (soFar, passes) => passed?.(recorded(soFar), passes),
    }),
  )
}

/** Some quarter of a minute of turns. */
const HANDFULS_AT_ONCE = 8

async function onFleet<T>(
  spec: FleetSpec,
  trial: Trial,
  conditions: Conditions,
  limitSec: number,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  return await onFleets([spec], [trial], conditions, limitSec, ([session]) =>
    unlessAborted(use(session as Session), conditions.signal),
  )
}

/** @param use has to hear of an interrupt itself */
async function onFleets<T>(
  specs: readonly FleetSpec[],
  trials: readonly Trial[],
  { fleet, signal, rules, seed }: Conditions,
  limitSec: number,
  use: (sessions: Session[]) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const { all, generator } = await startAll(fleet, specs, signal)
  try {
    signal.throwIfAborted()
    const sessions = all.flatMap((running, i): Session[] => {
      const [trial, spec] = [trials[i], specs[i]]
      return trial && spec ? [{ trial, traits: spec.traits, running, generator, rules, seed }] : []
    })
    const used = unlessEnded(use(sessions), Promise.race(all.map(({ died }) => died)))
    return await within(1_000 * limitSec, used, () => {
      throw new Error(`the trial took longer than its limit of ${Math.ceil(limitSec)} s`)
    })
  } finally {
    await Promise.all([generator.close(), ...all.map((running) => running.stop())])
  }
}

/** Also on what a gate rejected: what was found without load does not depend on how busy the machine is. */
function withFound(judged: Judged, found: Pick<Measurement, 'stateLimit' | 'examined'>): Judged {
  if (judged.ok) return { ...judged, measurement: { ...judged.measurement, ...found } }
  return { ...judged, measurement: judged.measurement && { ...judged.measurement, ...found } }
}

/**
 * At the same time, for each takes a good part of a second; when one fails, the others are ended. An interrupt waits for the
 * fleets, of which half could not be stopped in good order, and not for a generator.
 */
async function startAll(fleet: Fleet, specs: readonly FleetSpec[], signal: AbortSignal) {
  const limitMs = specs.length * START_LIMIT_MS
  const tooLong = () => {
    throw new Error(`fleet and generator did not start within ${limitMs / 1_000} s`)
  }
  const options = fleet.generatorFor(Math.max(...specs.map(({ replicas }) => replicas)))
  const coming = startGenerator(options, signal)
  const [running, generator] = await Promise.allSettled([
    within(limitMs, startFleets(fleet, specs), tooLong),
    within(limitMs, coming, tooLong),
  ])
  if (running.status === 'fulfilled' && generator.status === 'fulfilled')
    return { all: running.value, generator: generator.value }
  if (running.status === 'fulfilled') await Promise.all(running.value.map((one) => one.stop()))
  if (generator.status === 'fulfilled') await generator.value.close()
  // One that is late is ended when it is up; the fleet sees to its own.
  else coming.then((late) => late.close()).catch(() => {})
  throw [running, generator].find((one) => one.status === 'rejected')?.reason
}

async function startFleets(fleet: Fleet, specs: readonly FleetSpec[]): Promise<RunningFleet[]> {
  const [spec] = specs
  return spec && specs.length === 1 ? [await fleet.start(spec)] : ((await fleet.together?.start(specs)) ?? [])
}

const oneLine = (error: unknown): string => messageOf(error).replace(/\s+/g, ' ').trim()
