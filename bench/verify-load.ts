/**
 * Compares the load generator with wrk, which is written in C: closed-loop throughput of the same running server,
 * in pairs. A generator that is slower than its server would measure itself, and every scheme would look alike.
 *
 * One replica of the control has a core of its own, the tool at work has another, and no proxy stands between.
 * The generator works exactly as in a trial: 1,000 users in turn, replies verified. wrk repeats one user's request
 * with the same headers, so what is not equal is to the generator's disadvantage.
 */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AuthscaleError } from './errors.ts'
import { openLocalFleet } from './fleet/local.ts'
import { wrapped } from './fleet/process.ts'
import { findWrk, type Tool } from './fleet/tools.ts'
import { startGenerator } from './load/generator.ts'
import { loadTraits } from './options.ts'
import { processCpuUs } from './probe/proc.ts'
import { type Interval, medianInterval } from './stats/bootstrap.ts'
import { median } from './stats/quantiles.ts'
import { writeFileDurably } from './store/durable.ts'
import { captureEnvironment } from './store/environment.ts'
import type { Environment, Generator } from './types.ts'

const run = promisify(execFile)

/** Throughput may differ from wrk's by this much. */
const TOLERANCE = 0.05
const USERS = 1_000
const VERIFY_EVERY = 16
const LOGIN_CONCURRENCY = 32
const WARMUP_SEC = 1
/** The server's code is compiled by the time it has served this long; neither tool is to pay for that. */
const SERVER_WARMUP_SEC = 4
/** wrk's CPU time is read this long after its start and before its end: before, it connects; after, it is gone. */
const WRK_EDGE_MS = 300

export interface VerifyLoadOptions {
  /** Measurements of each tool; the order within a pair alternates (ABBA). */
  pairs: number
  /** Length of each measurement in seconds; wrk takes whole ones. */
  duration: number
  connections: number
  /** File for the figures as JSON. */
  out?: string
}

/** What one tool reached in one measurement. */
interface Sample {
  throughputPerSec: number
  /** CPU time of the tool itself; null where it cannot be read. */
  cpuUsPerRequest: number | null
}

interface Pair {
  first: 'generator' | 'wrk'
  generator: Sample
  wrk: Sample
  /** Throughput of the generator ÷ throughput of wrk. */
  ratio: number
}

/** The file that `--out` writes. */
interface Verification {
  ratio: Interval
  tolerance: number
  passed: boolean
  /** Medians over the pairs. */
  cpuUsPerRequest: { generator: number | null; wrk: number | null }
  connections: number
  durationSec: number
  users: number
  pairs: Pair[]
  wrk: { version: string; source: string }
  environment: Environment
}

/**
 * `npm run verify:load`. The exit code is 1 when the median ratio is more than 5 % from 1.
 * @throws AuthscaleError LOAD_NOT_COMPARABLE when either tool met an error, and what finding the parts can throw
 */
export async function verifyLoad(options: VerifyLoadOptions): Promise<void> {
  const log = (line: string) => console.error(line)
  const wrk = await findWrk(log)
  const fleet = await openLocalFleet({ log })
  try {
    const traits = (await loadTraits()).none
    const running = await fleet.start({ scheme: 'none', traits, replicas: 1, users: USERS })
    const generator = await startGenerator(running.generator)
    try {
      const url = running.replicas[0]?.url ?? running.url
      await generator.login({
        url,
        transport: traits.transport,
        users: USERS,
        concurrency: LOGIN_CONCURRENCY,
      })
      const bench = { options, url, generator, wrk, cpus: running.placement.sharedCpus.generator }
      const pairs = await Promise.race([
        measurePairs(bench),
        running.died.then((reason) => Promise.reject(new AuthscaleError('LOAD_NOT_COMPARABLE', reason))),
      ])
      const environment = await captureEnvironment(new URL('..', import.meta.url), fleet)
      await conclude(options, judge(options, pairs, wrk, environment))
    } finally {
      await generator.close()
    }
  } finally {
    await fleet.close()
  }
}

interface Bench {
  options: VerifyLoadOptions
  url: string
  generator: Generator
  wrk: Tool
  cpus: readonly number[]
}

async function measurePairs(bench: Bench): Promise<Pair[]> {
  await runGenerator(bench, SERVER_WARMUP_SEC)
  console.log('pair  generator/s      wrk/s   ratio')
  const pairs: Pair[] = []
  for (let i = 0; i < bench.options.pairs; i++) {
    const pair = await measurePair(bench, i % 2 === 0 ? 'generator' : 'wrk')
    pairs.push(pair)
    const figures = [pair.generator, pair.wrk].map((side) => side.throughputPerSec.toFixed(0).padStart(11))
    console.log(`${String(i + 1).padStart(4)} ${figures.join('')} ${pair.ratio.toFixed(3).padStart(7)}`)
  }
  return pairs
}

async function measurePair(bench: Bench, first: Pair['first']): Promise<Pair> {
  const { duration } = bench.options
  const ahead = first === 'wrk' ? await runWrk(bench) : undefined
  const generator = await runGenerator(bench, duration)
  const wrk = ahead ?? (await runWrk(bench))
  return { first, generator, wrk, ratio: generator.throughputPerSec / wrk.throughputPerSec }
}

async function runGenerator({ options, url, generator }: Bench, measureSec: number): Promise<Sample> {
  const load = { loop: 'closed' as const, connections: options.connections }
  const cpuUs: (number | null)[] = []
  const report = await generator.load(
    { url, load, warmupSec: WARMUP_SEC, measureSec, verifyEvery: VERIFY_EVERY },
    () => cpuUs.push(processCpuUs(generator.pid)),
  )
  const { requests, errors, wrongAnswers, wrongExamples, windowSec } = report
  if (errors + wrongAnswers > 0 || requests === 0) {
    throw notComparable(`the generator met ${errors} errors and ${wrongAnswers} wrong answers`, wrongExamples)
  }
  const [before, after] = cpuUs
  const known = before != null && after != null
  return {
    throughputPerSec: requests / windowSec,
    cpuUsPerRequest: known ? (after - before) / requests : null,
  }
}

async function runWrk({ options, url, wrk, cpus }: Bench): Promise<Sample> {
  const seconds = Math.max(1, Math.round(options.duration))
  const plan = ['-t1', `-c${options.connections}`, `-d${seconds}s`]
  // autocannon says keep-alive in so many words; so does wrk then, or the requests would differ.
  const headers = ['-H', 'X-User: user0', '-H', 'Connection: keep-alive']
  const [file = '', ...args] = wrapped([wrk.command, ...plan, ...headers, `${url}/me`], cpus)
  const running = run(file, args, { env: { ...process.env, ...wrk.env } })
  const [utilization, { stdout }] = await Promise.all([busyCores(running.child.pid ?? 0, seconds), running])
  const throughputPerSec = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1])
  const trouble = /^\s*(Socket errors|Non-2xx).*$/m.exec(stdout)?.[0]
  if (trouble !== undefined || !(throughputPerSec > 0))
    throw notComparable('wrk met errors', [trouble ?? stdout])
  return {
    throughputPerSec,
    cpuUsPerRequest: utilization === null ? null : (utilization * 1e6) / throughputPerSec,
  }
}

/** Busy cores in the middle of a process's life: a child that has ended cannot be asked any more. */
async function busyCores(pid: number, seconds: number): Promise<number | null> {
  await sleep(WRK_EDGE_MS)
  const [startedAt, before] = [performance.now(), processCpuUs(pid)]
  await sleep(seconds * 1_000 - 2 * WRK_EDGE_MS)
  const [endedAt, after] = [performance.now(), processCpuUs(pid)]
  return before === null || after === null ? null : (after - before) / 1_000 / (endedAt - startedAt)
}

function judge(options: VerifyLoadOptions, pairs: Pair[], wrk: Tool, environment: Environment): Verification {
  const ratio = medianInterval(
    pairs.map((pair) => pair.ratio),
    { seed: 1 },
  )
  const cpu = (tool: Pair['first']) => {
    const known = pairs.map((pair) => pair[tool].cpuUsPerRequest).filter((value) => value !== null)
    return known.length === 0 ? null : median(known)
  }
  return {
    ratio,
    tolerance: TOLERANCE,
    passed: Math.abs(ratio.value - 1) <= TOLERANCE,
    cpuUsPerRequest: { generator: cpu('generator'), wrk: cpu('wrk') },
    connections: options.connections,
    durationSec: options.duration,
    users: USERS,
    pairs,
    wrk: { version: wrk.version, source: wrk.source },
    environment,
  }
}

async function conclude({ out }: VerifyLoadOptions, verification: Verification): Promise<void> {
  const { ratio, passed, cpuUsPerRequest } = verification
  const [value, lo, hi] = [ratio.value, ratio.lo, ratio.hi].map((figure) => figure.toFixed(3))
  const us = (figure: number | null) => (figure === null ? 'unknown' : `${figure.toFixed(1)} µs`)
  console.log(`throughput, generator ÷ wrk: median ${value}, 95 % interval ${lo} to ${hi}`)
  console.log(`CPU a request: generator ${us(cpuUsPerRequest.generator)}, wrk ${us(cpuUsPerRequest.wrk)}`)
  console.log(`${passed ? 'passed' : 'failed'}: the median is to be within ${TOLERANCE * 100} % of wrk`)
  if (ratio.hi - ratio.lo > 2 * TOLERANCE) {
    console.log('note: the interval is wider than that; something else used this machine, measure again')
  }
  if (out !== undefined) await writeFileDurably(out, `${JSON.stringify(verification, null, 2)}\n`)
  if (!passed) process.exitCode = 1
}

function notComparable(what: string, examples: readonly string[]): AuthscaleError {
  const details = examples.map((example) => example.replace(/\s+/g, ' ').trim()).join('; ')
  return new AuthscaleError(
    'LOAD_NOT_COMPARABLE',
    `${what} (${details}); end what else uses this machine, try again`,
  )
}
