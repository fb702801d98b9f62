/** `npm run plan`: takes the runs of a machine that can carry the plan, and prints what a load needs. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { SchemeName } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import { RENEWING } from '../experiments/roles.ts'
import { publishedFolder, resultsFolder } from '../places.ts'
import { planChart } from '../plan/chart.ts'
import { type Crossing, crossing } from '../plan/crossing.ts'
import type { Evidence } from '../plan/evidence.ts'
import { compose, type Format, kubernetes } from '../plan/manifests.ts'
import { type Plan, plan, type Refusal } from '../plan/plan.ts'
import type { Deploy, PlanRequest, Prices } from '../plan/request.ts'
import { comparisonText, notesOf, planText, requestText } from '../plan/text.ts'
import { readPlansIn } from '../record/run-dir.ts'
import { heldText } from '../verify/plans/table.ts'
import { toSvg } from '../words/charts/svg.ts'
import { list, machine } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import { calibrate } from './calibrate.ts'
import {
  type Failover,
  failoversFor,
  newestFor,
  newestPlanCheck,
  type Source,
  sourceIn,
} from './plan-source.ts'

interface PlanningOptions {
  scheme?: SchemeName
  compare?: SchemeName[]
  rps: number
  users: number
  /** Milliseconds; infinite: no bound. */
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
  const isIssued = loginsOf(options) > 0 || schemes.includes(RENEWING)
  const asked = { hasState, hasDistance, isIssued, byCpuAlone: options.p99 === Number.POSITIVE_INFINITY }
  const source = folder ? await sourceIn([folder], schemes, asked) : await newestFor(schemes, asked)
  const { evidence } = source
  const request = requestOf(options)
  const plans = evidence.map((found, i) =>
    typeof found === 'string' ? { scheme: schemes[i] ?? '', refused: found } : plan(found, request),
  )
  const known = evidence.filter((found): found is Evidence => typeof found !== 'string')
  const crossings = crossingsOf(known, request)
  const held = await newestHeld()
  const failovers = await failoversFor(plans.flatMap((made) => (usesRedis(made) ? made.scheme : [])))
  print(options, source, { plans, crossings, failovers, held }, request)
  if (options.chart) await writeChart(options.chart, known, request, source)
  if (plans.some(({ refused }) => refused !== null)) process.exitCode = 1
}

/** What they take over all loads around the one asked for. */
async function writeChart(
  file: string,
  known: readonly Evidence[],
  request: PlanRequest,
  { run, folders }: Source,
): Promise<void> {
  const from = `from ${list(folders.map((folder) => path.basename(folder)))} · ${machine(run.environment)}`
  const drawn = planChart(known, request, crossing(known, request), from)
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
  byCore: null,
  bottleneck: null,
  few: null,
  busy: null,
  mostBusy: null,
  whenGone: null,
  evidence: {},
  warnings: [],
}

function requestOf(options: PlanningOptions): PlanRequest {
  const { rps, users, p99, headroom, zones, deploy, replicaCores, handlerUs, redisRttMs } = options
  const { survive, payload, price } = options
  return {
    p99Ms: p99 === Number.POSITIVE_INFINITY ? null : p99,
    ...{ rps, users, headroom, zones, deploy, replicaCores, handlerUs, redisRttMs },
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

async function newestHeld(): Promise<string | null> {
  const folders = [...(await readPlansIn(resultsFolder)), ...(await readPlansIn(publishedFolder))]
  const found = await newestPlanCheck(folders.map(({ folder }) => folder)).catch(() => null)
  return found && heldText(found.check)
}

const usesRedis = (made: Plan | Refusal) => made.refused === null && made.redisPrimaries.value > 0

interface Answer {
  plans: readonly (Plan | Refusal)[]
  crossings: readonly Crossing[]
  failovers: readonly Failover[]
  /** What plans were worth that were started; null where none was. */
  held: string | null
}

/** The first scheme against each of the others. */
function crossingsOf([first, ...others]: readonly Evidence[], request: PlanRequest): Crossing[] {
  return first ? others.flatMap((other) => crossing([first, other], request) ?? []) : []
}

function print(
  { json, compare, format }: PlanningOptions,
  { folders, run }: Source,
  { plans, crossings, failovers, held }: Answer,
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
    const common = { runs: shown, request, failovers }
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
  const lost = failovers.map(({ scheme, run, sentences }) =>
    wrap(`When Redis is lost, ${scheme}, in ${run}: ${sentences.join(' ')}`),
  )
  const notes = notesOf(plans).map((note) => wrap(`note: ${note}`, '  '))
  console.log(['', ...lost, wrap(source), ...(held ? [wrap(held)] : []), ...notes].join('\n'))
}
