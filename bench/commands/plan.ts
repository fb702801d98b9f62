/** `npm run plan`: takes the newest run that can carry the plan, and prints what a load needs. */
import path from 'node:path'
import type { SchemeName } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import { type Crossing, crossing } from '../plan/crossing.ts'
import { type Evidence, evidenceOf } from '../plan/evidence.ts'
import { type Plan, plan, type Refusal } from '../plan/plan.ts'
import type { PlanRequest, Prices } from '../plan/request.ts'
import { comparisonText, planText, requestText } from '../plan/text.ts'
import { publishedFolder, readRun, readRunsIn, resultsFolder, type StoredRun } from '../record/run-dir.ts'
import { summarize } from '../report/summarize.ts'
import { machine } from '../words/format.ts'
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
  replicaCores: number
  payload?: number
  price?: Prices
  run?: string
  calibrate?: boolean
  json?: boolean
}

/** A run in its folder, with what is derived from it. */
type Source = ReturnType<typeof sourceOf>

const sourceOf = (folder: string, { run, results }: StoredRun) => {
  return { folder, run, results, summary: summarize(run, results) }
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
  if (options.calibrate && options.run)
    throw new AuthscaleError('TWO_SOURCES', '--calibrate measures a run of its own: leave out --run')
  const evidenceIn = ({ run, summary, results }: Source) =>
    schemes.map((scheme) => evidenceOf(run, summary, results, scheme))
  const hasState = options.payload !== undefined
  const carries = (found: Evidence | string) =>
    typeof found !== 'string' && (!hasState || found.state !== null)
  const folder = options.calibrate
    ? await calibrate(schemes, hasState, resultsFolder, new Date())
    : options.run
  const source = folder
    ? sourceOf(folder, await readRun(folder))
    : await newestThat((one) => evidenceIn(one).every(carries), measuring(schemes, hasState))
  const evidence = evidenceIn(source)
  const request = requestOf(options)
  const plans = evidence.map((found, i) =>
    typeof found === 'string' ? { scheme: schemes[i] ?? '', refused: found } : plan(found, request),
  )
  const known = evidence.filter((found): found is Evidence => typeof found !== 'string')
  print(options, source, plans, crossingsOf(known, request), request)
  if (plans.some(({ refused }) => refused !== null)) process.exitCode = 1
}

/** The figures of a refused plan: the same fields, so that a reader of the JSON need not ask first. */
const NOTHING: Record<Exclude<keyof Plan, 'scheme' | 'refused'>, unknown> = {
  replicas: null,
  redisPrimaries: null,
  redisMemoryBytes: null,
  replicaMemoryBytes: null,
  proxyCores: null,
  egressBytesPerSec: null,
  p50Ms: null,
  p99Ms: null,
  costPerMonth: null,
  bottleneck: null,
  busy: null,
  evidence: {},
  warnings: [],
}

function requestOf(options: PlanningOptions): PlanRequest {
  const { rps, users, p99: p99Ms, headroom, replicaCores, payload, price } = options
  return { rps, users, p99Ms, headroom, replicaCores, stateBytes: payload ?? null, prices: price ?? null }
}

/** The first scheme against each of the others. */
function crossingsOf([first, ...others]: readonly Evidence[], request: PlanRequest): Crossing[] {
  return first ? others.flatMap((other) => crossing(first, other, request) ?? []) : []
}

function print(
  { json, compare }: PlanningOptions,
  { folder, run }: Source,
  plans: readonly (Plan | Refusal)[],
  crossings: readonly Crossing[],
  request: PlanRequest,
): void {
  const shown = path.relative(process.cwd(), folder) || '.'
  if (json) {
    const common = { run: shown, request }
    const whole = plans.map((made) => (made.refused === null ? made : { ...NOTHING, ...made }))
    console.log(
      JSON.stringify(compare ? { ...common, plans: whole, crossings } : { ...common, ...whole[0] }, null, 2),
    )
    return
  }
  const [first] = plans
  console.log(`${wrap(`${compare ? 'Compared' : first?.scheme} for ${requestText(request)}`, '  ')}\n`)
  if (compare) console.log(comparisonText(plans, crossings, request))
  else if (first?.refused === null) console.log(planText(first, request))
  else console.error(wrap(`no plan: ${first?.refused}`, '  '))
  const warnings = new Set(plans.flatMap((made) => (made.refused === null ? made.warnings : [])))
  const source = `From ${shown}, measured on ${machine(run.environment)}; --json names the trials of each figure.`
  const notes = [...warnings].map((warning) => wrap(`note: ${warning}`, '  '))
  console.log(['', wrap(source), ...notes].join('\n'))
}

/** The command that measures what a plan needs. */
function measuring(schemes: readonly SchemeName[], hasState: boolean): string {
  return hasState
    ? `npm run bench -- --only cost,latency,users,payload --schemes ${schemes.join(',')}`
    : 'npm run bench'
}

/** Own runs before published ones, newest first. */
async function newestThat(carries: (source: Source) => boolean, measuring: string): Promise<Source> {
  for (const parent of [resultsFolder, publishedFolder]) {
    const finished = (await readRunsIn(parent))
      .filter(({ run }) => run.finishedAt !== null && run.profile !== 'smoke')
      .sort((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
    for (const { folder, ...stored } of finished) {
      const source = sourceOf(folder, stored)
      if (carries(source)) return source
    }
  }
  throw new AuthscaleError(
    'NO_EVIDENCE',
    `no finished run under results/ can carry this plan: ${measuring} measures what it needs`,
  )
}
