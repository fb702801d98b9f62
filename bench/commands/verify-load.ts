/**
 * Compares the load generator with wrk, which is written in C: closed-loop throughput of the same running server,
 * in pairs. A generator that is slower than its server would measure itself, and every scheme would look alike.
 *
 * One replica of the control has a core of its own, the tool at work has another, and no proxy stands between.
 * The generator works exactly as in a trial: 1,000 users in turn, replies verified. wrk repeats one user's request
 * with the same headers, so what is not equal is to the generator's disadvantage.
 *
 * After that the generator's open loop, for which wrk has no counterpart: what a request costs it.
 */
import { AuthscaleError } from '../errors.ts'
import { CONTROL } from '../figures/records.ts'
import { openLocalFleet } from '../fleet/local/local.ts'
import { findWrk } from '../fleet/tools/tools.ts'
import { startGenerator } from '../load/generator.ts'
import { unlessEnded } from '../load/in-time.ts'
import { captureEnvironment } from '../probe/environment.ts'
import { writeFileDurably } from '../record/durable.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { LoadCheck } from '../record/types.ts'
import { LOGIN_CONCURRENCY } from '../run/window.ts'
import { type Interval, medianInterval } from '../stats/median-interval.ts'
import { median } from '../stats/quantiles.ts'
import { traits } from '../traits.ts'
import {
  type Bench,
  measureSenderCost,
  OPEN_LOOP_USERS,
  type Pair,
  runGenerator,
  runPair,
} from '../verify/side-by-side.ts'

/** Throughput may differ from wrk's by this much. */
const TOLERANCE = 0.05
const USERS = 1_000
/** The server's code is compiled by the time it has served this long; neither tool is to pay for that. */
const SERVER_WARMUP_SEC = 4

interface VerifyLoadOptions {
  /** Measurements of each tool; the order within a pair alternates (ABBA). */
  pairs: number
  /** Length of each measurement in seconds; wrk takes whole ones. */
  duration: number
  connections: number
  /** File for the figures as JSON. */
  out?: string
}

type Sides = LoadCheck['cpuUsPerRequest']

/**
 * `npm run verify:load`. The exit code is 1 when the median ratio is more than 5 % from 1.
 * @throws AuthscaleError LOAD_NOT_COMPARABLE when either tool met an error, and what finding the parts can throw
 */
export async function verifyLoad(options: VerifyLoadOptions): Promise<void> {
  const log = (line: string) => console.error(line)
  const wrk = await findWrk(log)
  const fleet = await openLocalFleet({ log })
  try {
    // Before the fleet starts: the harness then moves to the shared CPUs and would count only those.
    const environment = await captureEnvironment(new URL('../..', import.meta.url), fleet)
    const users = Math.max(USERS, OPEN_LOOP_USERS)
    const running = await fleet.start({ scheme: CONTROL, traits: traits[CONTROL], replicas: 1, users })
    const generator = await startGenerator(fleet.generatorFor(1))
    try {
      const [replica] = running.replicas
      const url = replica?.url ?? running.url
      const login = { transport: traits[CONTROL].transport, concurrency: LOGIN_CONCURRENCY }
      await generator.login({ ...login, url, users: USERS })
      const asked = { connections: options.connections, durationSec: options.duration }
      const bench = {
        ...asked,
        url,
        serverPid: replica?.pid ?? null,
        generator,
        wrk,
        cpus: running.placement.sharedCpus.generator,
      }
      const died = (reason: string) => new AuthscaleError('LOAD_NOT_COMPARABLE', reason)
      const pairs = await unlessEnded(measurePairs(bench, options.pairs), running.died, died)
      const openLoop = await measureSenderCost(generator, { ...login, url: running.url })
      const tool = { version: wrk.version, source: wrk.source }
      const measured = { ...asked, users: USERS, pairs, wrk: tool, openLoop, environment }
      await conclude({ schemaVersion: SCHEMA_VERSION, ...judged(pairs), ...measured }, options.out)
    } finally {
      await generator.close()
    }
  } finally {
    await fleet.close()
  }
}

async function measurePairs(bench: Bench, count: number): Promise<Pair[]> {
  await runGenerator(bench, SERVER_WARMUP_SEC)
  console.log('pair  generator/s      wrk/s   ratio')
  const pairs: Pair[] = []
  for (let i = 0; i < count; i++) {
    const pair = await runPair(bench, i % 2 === 0 ? 'generator' : 'wrk')
    pairs.push(pair)
    const figures = [pair.generator, pair.wrk].map((side) => side.throughputPerSec.toFixed(0).padStart(11))
    console.log(`${String(i + 1).padStart(4)} ${figures.join('')} ${pair.ratio.toFixed(3).padStart(7)}`)
  }
  return pairs
}

function judged(pairs: readonly Pair[]) {
  const ratio = medianInterval(pairs.map((pair) => pair.ratio))
  const medians = (figure: 'cpuUsPerRequest' | 'serverUtilization'): Sides => {
    const of = (tool: Pair['first']) => {
      const known = pairs.map((pair) => pair[tool][figure]).filter((value) => value !== null)
      return known.length === 0 ? null : median(known)
    }
    return { generator: of('generator'), wrk: of('wrk') }
  }
  return {
    ratio,
    tolerance: TOLERANCE,
    passed: Math.abs(ratio.value - 1) <= TOLERANCE,
    cpuUsPerRequest: medians('cpuUsPerRequest'),
    serverUtilization: medians('serverUtilization'),
  }
}

async function conclude(check: LoadCheck, out?: string): Promise<void> {
  const { ratio, passed, cpuUsPerRequest, serverUtilization, openLoop } = check
  const [value, lo, hi] = figures(ratio, 3)
  const sides = ({ generator, wrk }: Sides, digits: number, unit: string) => {
    const shown = (side: number | null) => (side === null ? 'unknown' : `${side.toFixed(digits)} ${unit}`)
    return `generator ${shown(generator)}, wrk ${shown(wrk)}`
  }
  console.log(`throughput, generator ÷ wrk: median ${value}, 95 % interval ${lo} to ${hi}`)
  console.log(`CPU a request: ${sides(cpuUsPerRequest, 1, 'µs')}`)
  console.log(`server busy: ${sides(serverUtilization, 2, 'cores')}`)
  if (openLoop !== null) {
    const [cost, least, most] = figures(openLoop.cpuUsPerRequest, 1)
    const load = `${openLoop.arrivalsPerSec} requests/s of ${openLoop.users} users`
    console.log(`open loop, ${load}: ${cost} CPU µs a request, 95 % interval ${least} to ${most}`)
  }
  console.log(`${passed ? 'passed' : 'failed'}: the median must be within ${TOLERANCE * 100} % of wrk`)
  if (ratio.hi - ratio.lo > 2 * TOLERANCE)
    console.log('note: the interval is wider than that; something else used this machine, measure again')
  if (out !== undefined) await writeFileDurably(out, `${JSON.stringify(check, null, 2)}\n`)
  if (!passed) process.exitCode = 1
}

function figures({ value, lo, hi }: Interval, digits: number): string[] {
  return [value, lo, hi].map((figure) => figure.toFixed(digits))
}
