/** `npm run plan`: takes the runs of a machine that can carry the plan, and prints what a load needs. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { SchemeName } from '../../servers/scheme.ts'
import { isAlike } from '../compare/alike.ts'
import { AuthscaleError } from '../errors.ts'
import { tooFewBlocks } from '../plan/capacity.ts'
import { planChart } from '../plan/chart.ts'
import { type Crossing, crossing } from '../plan/crossing.ts'
import { type Evidence, evidenceOf, isMeantFor, partFor } from '../plan/evidence.ts'
import { compose, type Format, kubernetes } from '../plan/manifests.ts'
import { type Plan, plan, type Refusal } from '../plan/plan.ts'
import { pooledRuns } from '../plan/pooled.ts'
import type { Deploy, PlanRequest, Prices } from '../plan/request.ts'
import { comparisonText, planText, requestText } from '../plan/text.ts'
import { publishedFolder, readPlansIn, readRun, resultsFolder } from '../record/run-dir.ts'
import type { Run } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { toSvg } from '../words/charts/svg.ts'
import { list, machine } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import { calibrate } from './calibrate.ts'

interface PlanningOptions {
  scheme?: SchemeName
  compare?: SchemeName[]
  rps: number
  users: number
  /** Milliseconds. */
  p99: number
  headroom: number
  survive?: number
  zones: number
  deploy: Deploy
  replicaCores: number
  handlerUs: number
  redisRttMs: number
  loginsPerSec?: number
  loginsADay?: number
  peak: number
  sessionTtl: number
  tokenTtl: number
  payload?: number
  price?: Prices
  run?: string
  calibrate?: boolean
  json?: boolean
  chart?: string
  format: Format
}

/** Runs of one machine in their folders, with what they say together of each scheme that is planned for. */
interface Source {
  folders: string[]
  run: Run
  evidence: (Evidence | string)[]
}

/** @throws AuthscaleError as `readRun` */
async function sourceIn(
  folders: readonly string[],
  schemes: readonly SchemeName[],
  asked: Asked,
): Promise<Source> {
  const parts = await Promise.all(
    folders.map(async (folder) => partFor(await readRun(folder), schemes, asked)),
  )
  const { run, results } = pooledRuns(parts)
  const summary = summarize(run, results)
  const evidence = schemes.map((scheme) => evidenceOf(run, summary, results, scheme))
  return { folders: [...folders], run, evidence }
}

/**
 * Exit code 1 when a plan is refused.
 *
 * @throws AuthscaleError NO_SCHEME, TWO_SOURCES, NO_EVIDENCE, CALIBRATION_FAILED, and what reading a run can throw
 */
export async function planCapacity(options: PlanningOptions): Promise<void> {
  const schemes = options.compare ?? (options.scheme ? [options.scheme] : [])
  if (schemes.length === 0) {
    throw new AuthscaleError(
      'NO_SCHEME',
      'name what to plan for: --scheme session-redis, or --compare session-redis,jwt-hs256',
    )
  }
  if (options.compare && (options.format === 'kubernetes' || options.format === 'compose'))
    throw new AuthscaleError('ONE_PLAN', `--format ${options.format} is for one plan: name it with --scheme`)
  if (options.calibrate && options.run)
    throw new AuthscaleError('TWO_SOURCES', '--calibrate measures a run of its own: leave out --run')
  const hasState = options.payload !== undefined
  const hasDistance = options.redisRttMs > 0
  const folder = options.calibrate
    ? await calibrate(schemes, hasState, resultsFolder, new Date())
    : options.run
  const asked = { hasState, hasDistance }
  const source = folder ? await sourceIn([folder], schemes, asked) : await newestFor(schemes, asked)
  const { evidence } = source
  const request = requestOf(options)
  const plans = evidence.map((found, i) =>
    typeof found === 'string' ? { scheme: schemes[i] ?? '', refused: found } : plan(found, request),
  )
  const known = evidence.filter((found): found is Evidence => typeof found !== 'string')
  const crossings = crossingsOf(known, request)
  print(options, source, plans, crossings, request)
  if (options.chart) await writeChart(options.chart, known, request, crossings, source)
  if (plans.some(({ refused }) => refused !== null)) process.exitCode = 1
}

/** What the first two take over all loads around the one asked for. */
async function writeChart(
  file: string,
  known: readonly Evidence[],
  request: PlanRequest,
  [crosses]: readonly Crossing[],
  { run, folders }: Source,
): Promise<void> {
  const from = `from ${list(folders.map((folder) => path.basename(folder)))} · ${machine(run.environment)}`
  const drawn = planChart(known.slice(0, 2), request, crosses ?? null, from)
  if (!drawn)
    throw new AuthscaleError('NO_CHART', 'there is no plan at any of the loads that the chart would show')
  await writeFile(file, toSvg(drawn))
  console.error(`chart: ${file}`)
}

/** The figures of a refused plan: the same fields, so that a reader of the JSON need not ask first. */
const NOTHING: Record<Exclude<keyof Plan, 'scheme' | 'refused'>, unknown> = {
  replicas: null,
  redisPrimaries: null,
  redisStandbys: null,
  redisMemoryBytes: null,
  replicaMemoryBytes: null,
  container: null,
  proxyCores: null,
  egressBytesPerSec: null,
  hashingCores: null,
  p50Ms: null,
  p99Ms: null,
  costPerMonth: null,
  auth: null,
  bottleneck: null,
  few: null,
  busy: null,
  mostBusy: null,
  whenGone: null,
  evidence: {},
  warnings: [],
}

function requestOf(options: PlanningOptions): PlanRequest {
  const { rps, users, p99: p99Ms, headroom, zones, deploy, replicaCores, handlerUs, redisRttMs } = options
  const { survive, payload, price } = options
  return {
    ...{ rps, users, p99Ms, headroom, zones, deploy, replicaCores, handlerUs, redisRttMs },
    ...{ loginsPerSec: loginsOf(options), sessionTtlSec: options.sessionTtl, tokenTtlSec: options.tokenTtl },
    ...{ survive: survive ?? null, stateBytes: payload ?? null, prices: price ?? null },
  }
}

const SEC_A_DAY = 86_400

/** As many as were named, or as users come to when the day is busiest. */
function loginsOf({ loginsPerSec, loginsADay, peak, users }: PlanningOptions): number {
  if (loginsPerSec !== undefined && loginsADay !== undefined)
    throw new AuthscaleError('TWO_SOURCES', '--logins-per-sec and --logins-a-day say the same: leave out one')
  return loginsPerSec ?? ((loginsADay ?? 0) * users * peak) / SEC_A_DAY
}

/** The first scheme against each of the others. */
function crossingsOf([first, ...others]: readonly Evidence[], request: PlanRequest): Crossing[] {
  return first ? others.flatMap((other) => crossing(first, other, request) ?? []) : []
}

function print(
  { json, compare, format }: PlanningOptions,
  { folders, run }: Source,
  plans: readonly (Plan | Refusal)[],
  crossings: readonly Crossing[],
  request: PlanRequest,
): void {
  const shown = folders.map((folder) => path.relative(process.cwd(), folder) || '.')
  const [first] = plans
  if (format === 'kubernetes' || format === 'compose') {
    if (first?.refused === null && first.few) {
      console.error(wrap(`no plan: ${first.few}`, '  '))
      process.exitCode = 1
    } else if (first?.refused === null) {
      const planned = { made: first, request, runs: shown }
      console.log((format === 'compose' ? compose(planned) : kubernetes(planned)).trimEnd())
    } else console.error(wrap(`no plan: ${first?.refused}`, '  '))
    return
  }
  if (json || format === 'json') {
    const common = { runs: shown, request }
    const whole = plans.map((made) => (made.refused === null ? made : { ...NOTHING, ...made }))
    console.log(
      JSON.stringify(compare ? { ...common, plans: whole, crossings } : { ...common, ...whole[0] }, null, 2),
    )
    return
  }
  console.log(`${wrap(`${compare ? 'Compared' : first?.scheme} for ${requestText(request)}`, '  ')}\n`)
  if (compare) console.log(comparisonText(plans, crossings, request))
  else if (first?.refused === null) console.log(planText(first, request))
  else console.error(wrap(`no plan: ${first?.refused}`, '  '))
  const source = `From ${list(shown)}, measured on ${machine(run.environment)}; --json names the trials of each figure.`
  const notes = notesOf(plans).map((note) => wrap(`note: ${note}`, '  '))
  console.log(['', wrap(source), ...notes].join('\n'))
}

/** Each once; with the schemes that it is about where it is not about all of them. */
function notesOf(plans: readonly (Plan | Refusal)[]): string[] {
  const made = plans.filter((one): one is Plan => one.refused === null)
  const all = [...new Set(made.flatMap(({ warnings }) => warnings))]
  return all.map((warning) => {
    const about = made.filter(({ warnings }) => warnings.includes(warning)).map(({ scheme }) => scheme)
    return about.length === made.length ? warning : `${list(about)}: ${warning}`
  })
}

/** What a plan takes beside the cost, latency and memory of a run. */
interface Asked {
  hasState: boolean
  hasDistance: boolean
}

/** The command that measures what a plan needs. */
function measuring(schemes: readonly SchemeName[], { hasState, hasDistance }: Asked): string {
  if (!hasState && !hasDistance) return 'npm run bench'
  const more = [...(hasState ? ['payload'] : []), ...(hasDistance ? ['rtt'] : [])].join(',')
  return `npm run bench -- --only cost,latency,users,${more} --schemes ${schemes.join(',')} --trials 5`
}

/**
 * All runs of one machine and method, of the newest that can carry the plan: own ones, else published ones. Those with too few blocks
 * only where there are no others.
 */
async function newestFor(schemes: readonly SchemeName[], asked: Asked): Promise<Source> {
  const { hasState, hasDistance } = asked
  const carries = (found: Evidence | string) =>
    typeof found !== 'string' &&
    (!hasState || found.state !== null) &&
    (!hasDistance || found.redis === null || found.roundTrips !== null)
  const isCandidate = (run: Run) =>
    run.finishedAt !== null &&
    run.profile !== 'smoke' &&
    schemes.every((scheme) => isMeantFor(run, scheme, hasState))
  let fallback: Source | undefined
  for (const parent of [resultsFolder, publishedFolder]) {
    const candidates = (await readPlansIn(parent))
      .filter(({ run }) => isCandidate(run))
      .sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
    for (const { run } of candidates) {
      const alike = candidates.filter((other) => isAlike(other.run, run)).toReversed()
      const source = await readable(
        sourceIn(
          alike.map(({ folder }) => folder),
          schemes,
          asked,
        ),
      )
      if (!source?.evidence.every(carries)) continue
      if (source.evidence.every((found) => typeof found !== 'string' && tooFewBlocks(found) === null))
        return source
      fallback ??= source
    }
  }
  if (fallback) return fallback
  const command = measuring(schemes, asked)
  throw new AuthscaleError(
    'NO_EVIDENCE',
    `no finished run under results/ can carry this plan: ${command} measures what it needs`,
  )
}

/** Null for a run whose trials cannot be read. */
async function readable(source: Promise<Source>): Promise<Source | null> {
  try {
    return await source
  } catch (error) {
    if (error instanceof AuthscaleError) return null
    throw error
  }
}
