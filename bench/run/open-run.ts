/** Begins a run or takes up an interrupted one: plan, environment, folder and log. */
import { randomInt } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import { planTrials } from '../experiments/index.ts'
import { DEFAULT_SLO } from '../experiments/profiles.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { requireFiles } from '../fleet/limits.ts'
import { resultsFolder } from '../places.ts'
import { captureEnvironment } from '../probe/environment.ts'
import { type HostCost, hostCosts } from '../probe/host-costs.ts'
import { makeFolders, temporaryOf } from '../record/durable.ts'
import { createRunDir, RUN_FILE, readRun, readRunsIn, writeRun } from '../record/run-dir.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import { openTrialLog, type TrialLog } from '../record/trial-log.ts'
import type { Environment, Run, Trial } from '../record/types.ts'
import { armText, requireChange, resolved, tryUpgrades } from './asked-arms.ts'
import { askedArms, type BenchOptions, chosenExperiments, planOptions } from './choices.ts'
import { gates } from './gates.ts'
import { type PlannedRun, togetherNote } from './trial-order.ts'

const root = new URL('../..', import.meta.url)

/** A rejected trial is measured again this often, and repeats take no more than this share of a run. */
const REPEATS_PER_TRIAL = 2
const REPEATS_SHARE = 0.1
/**
 * An experiment of one arm that ends as soon as its interval is narrow held the truth in 92 of 100 simulated runs
 * when it could end after five blocks, and in 94 when after six.
 */
const MIN_BLOCKS = 6

export interface OpenRun {
  run: PlannedRun
  folder: string
  log: TrialLog
}

/** Plans a new run and writes its `run.json` before anything is measured. */
export async function newRun(
  options: BenchOptions,
  traits: Record<SchemeName, Traits>,
  fleet: Fleet,
): Promise<OpenRun> {
  const chosen = chosenExperiments(options)
  const upgrades = await resolved(askedArms(options), fleet)
  const majors = upgrades.flatMap(({ settings }) => settings.node ?? [])
  // Asked for only by experiments that need them: they may have to be fetched.
  const runtimes = await fleet.otherRuntimes(chosen.some((one) => one.otherRuntimes) ? undefined : majors)
  const browserProblem = chosen.some((one) => one.opensBrowser) ? await fleet.browserProblem() : null
  const versions = Object.entries(runtimes).map(([major, runtime]) => [major, runtime?.node ?? null])
  const found = { upgrades, runtimes: Object.fromEntries(versions), browserProblem }
  const seed = options.seed ?? randomInt(2 ** 31)
  const { trials, notes } = planTrials(chosen, planOptions(options, traits, fleet, found), seed)
  const environment = { ...(await captureEnvironment(root, fleet)), ...servingBeside(trials, runtimes) }
  requireChange(upgrades, environment)
  await tryUpgrades(upgrades, traits, fleet)
  requireFiles(Math.max(...trials.map(({ arm }) => arm.load.connections)))
  const startedAt = new Date().toISOString()
  const folder = options.out
    ? await emptyFolder(options.out)
    : await createRunDir(resultsFolder, startedAt, environment)
  const run: PlannedRun = {
    schemaVersion: SCHEMA_VERSION,
    id: path.basename(folder),
    startedAt,
    finishedAt: null,
    profile: options.profile,
    seed,
    options: recordable(options),
    environment,
    rules: {
      gates: gates(),
      repeatsPerTrial: REPEATS_PER_TRIAL,
      repeatsShare: REPEATS_SHARE,
      slo: options.slo ?? DEFAULT_SLO,
      precision: options.precision ?? null,
      minBlocks: MIN_BLOCKS,
    },
    plan: trials,
    predictions: [],
    notes: [
      ...notes,
      togetherNote(trials, fleet.together?.most ?? 1),
      ...(environment.host ? hostCosts(environment.host, fleet.placement).map(hostNote) : []),
    ].filter((note) => note !== null),
  }
  await writeRun(folder, run)
  return { run, folder, log: await openTrialLog(folder) }
}

const hostNote = ({ name, detail, cost }: HostCost) => `${name}: ${detail}; ${cost}`

type Runtimes = Awaited<ReturnType<Fleet['otherRuntimes']>>

/** Those that the plan needs: a record names no version that served nothing. */
function servingBeside(plan: readonly Trial[], runtimes: Runtimes): Pick<Environment, 'otherRuntimes'> {
  const needed = new Set(plan.map(({ arm }) => arm.settings.node))
  const serving = Object.entries(runtimes).flatMap(([major, runtime]) =>
    runtime && needed.has(major) ? [[major, runtime] as const] : [],
  )
  return serving.length === 0 ? {} : { otherRuntimes: Object.fromEntries(serving) }
}

/** Opens an unfinished run again, on the same machine and with the same versions. */
export async function resumeRun(options: BenchOptions, fleet: Fleet): Promise<OpenRun> {
  const other = Object.keys(recordable(options)).filter((name) => name !== 'profile')
  if (other.length > 0) {
    throw new AuthscaleError(
      'RESUME_OPTIONS',
      `a resumed run keeps its own plan: leave out --${other.join(', --')}, or start a new run without --resume`,
    )
  }
  const folder = typeof options.resume === 'string' ? options.resume : await newestUnfinished()
  const { run } = await readRun(folder)
  const { rules } = run
  if (rules === null) {
    throw new AuthscaleError(
      'RESUME_RULES',
      `${folder} was begun before runs had rules, and rules are fixed before a run: start a new one without --resume`,
    )
  }
  const runtimes = await fleet.otherRuntimes(Object.keys(run.environment.otherRuntimes ?? {}))
  const here = { ...(await captureEnvironment(root, fleet)), ...servingBeside(run.plan, runtimes) }
  requireSame(run.environment, here)
  const log = await openTrialLog(folder)
  if (log.damage !== null) run.notes.push(log.damage)
  return { run: { ...run, rules }, folder, log }
}

/** What the user chose, for the record; how the run is carried out is not part of it. */
function recordable(options: BenchOptions): Run['options'] {
  const { resume, out, port, json, markdown, failAbove, verbose, slo, arm, ...choices } = options
  // As the user would type it.
  const bounds = slo && `${slo.quantile}<=${slo.limitMs}ms,errors<=${100 * slo.maxErrorShare}%`
  const entries = Object.entries({ ...choices, arm: arm?.map(armText), slo: bounds }).flatMap(
    ([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(String) : value] as const],
  )
  return Object.fromEntries(entries)
}

/** Trials of two environments must not meet in one median. */
function requireSame(then: Environment, now: Environment): void {
  const facts = ({ otherRuntimes = {}, ...of }: Environment): Record<string, string> => ({
    'the CPU': `${of.cpuModel}, ${of.cores} cores`,
    'Node of the servers': of.runtime.node,
    Redis: of.redis?.version ?? 'none',
    HAProxy: of.haproxy?.version ?? 'none',
    'the placement': of.placement.method,
    ...Object.fromEntries(Object.entries(otherRuntimes).map(([major, { node }]) => [`Node ${major}`, node])),
  })
  const present = facts(now)
  for (const [what, was] of Object.entries(facts(then))) {
    const value = present[what] ?? 'none'
    if (was === value) continue
    throw new AuthscaleError(
      'RESUME_ELSEWHERE',
      `${what} differs from the run’s (${was} then, ${value} now): start a new run without --resume`,
    )
  }
}

async function newestUnfinished(): Promise<string> {
  const unfinished = (await readRunsIn(resultsFolder)).filter(({ run }) => run.finishedAt === null)
  const dated = unfinished.map(async ({ folder }) => {
    return { folder, at: (await stat(path.join(folder, RUN_FILE))).mtimeMs }
  })
  const [newest] = (await Promise.all(dated)).sort((a, b) => b.at - a.at)
  if (newest) return newest.folder
  throw new AuthscaleError(
    'NOTHING_TO_RESUME',
    'there is no unfinished run under results/: start one without --resume',
  )
}

/**
 * A folder of the user's own choice; an existing one must be empty, since no run overwrites another. A harness that was
 * killed while it wrote the plan has left half of it there, and no run.
 */
async function emptyFolder(wanted: string): Promise<string> {
  const folder = path.resolve(wanted)
  try {
    makeFolders(folder)
  } catch (cause) {
    const message = `--out ${wanted}: ${(cause as NodeJS.ErrnoException).code}; choose a folder that can be made`
    throw new AuthscaleError('BAD_OUT', message, { cause })
  }
  if ((await readdir(folder)).every((name) => name === temporaryOf(RUN_FILE))) return folder
  throw new AuthscaleError(
    'BAD_OUT',
    `--out ${wanted} is not empty: choose another folder, or go on with --resume ${wanted}`,
  )
}
