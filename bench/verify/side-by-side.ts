/** Single measurements of the load generator and of wrk, with the same figures; and what the open loop costs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import { environmentOf } from '../fleet/processes/child-environment.ts'
import { wrapped } from '../fleet/processes/process.ts'
import { run } from '../fleet/tools/run.ts'
import type { Tool } from '../fleet/tools/tools.ts'
import type { Generator, Load, LoginJob } from '../load/job.ts'
import { processCpuUs } from '../probe/proc.ts'
import type { LoadCheck } from '../record/types.ts'
import { VERIFY_EVERY } from '../run/window.ts'
import { medianInterval } from '../stats/median-interval.ts'

/** For connecting alone: server and generator keep their compiled code from one measurement to the next. */
const WARMUP_SEC = 0.3
/** wrk's CPU time is read this long after its start and before its end: before, it connects; after, it is gone. */
const WRK_EDGE_MS = 300

export type Pair = LoadCheck['pairs'][number]
/** What one tool reached in one measurement. It can keep the server busy however fast the machine is just then. */
type Sample = Pair['generator']

/** A server, the two tools that take turns at it, and how. */
export interface Bench {
  connections: number
  /** wrk takes whole seconds, at least one. */
  durationSec: number
  /** The replica itself, without the proxy. */
  url: string
  serverPid: number | null
  generator: Generator
  wrk: Tool
  /** CPUs for wrk; the generator has its own already. */
  cpus: readonly number[]
}

/** Closed loop, as in a trial. @throws AuthscaleError LOAD_NOT_COMPARABLE for an error or a wrong answer */
export function runGenerator(bench: Bench, measureSec: number): Promise<Sample> {
  return runLoad(bench, { loop: 'closed', connections: bench.connections }, measureSec)
}

/** Both, one after the other. @throws AuthscaleError LOAD_NOT_COMPARABLE */
export async function runPair(bench: Bench, first: Pair['first']): Promise<Pair> {
  const ahead = first === 'wrk' ? await runWrk(bench) : undefined
  const generator = await runGenerator(bench, bench.durationSec)
  const wrk = ahead ?? (await runWrk(bench))
  return { first, generator, wrk, ratio: generator.throughputPerSec / wrk.throughputPerSec }
}

/** Throws like `runGenerator`. */
async function runLoad(
  { url, serverPid, generator }: Pick<Bench, 'url' | 'serverPid' | 'generator'>,
  load: Load,
  measureSec: number,
): Promise<Sample> {
  const edges: CpuReading[] = []
  const job = { url, load, warmupSec: WARMUP_SEC, measureSec, verifyEvery: VERIFY_EVERY }
  const report = await generator.load(job, () => edges.push(readCpu(generator.pids, serverPid)))
  const { requests, errors, wrongAnswers, wrongExamples, windowSec } = report
  if (errors + wrongAnswers > 0 || requests === 0)
    throw notComparable(`the generator met ${errors} errors and ${wrongAnswers} wrong answers`, wrongExamples)
  return toSample(requests / windowSec, edges)
}

/** @throws AuthscaleError LOAD_NOT_COMPARABLE when wrk reports an error or cannot be read */
async function runWrk({ connections, durationSec, url, serverPid, wrk, cpus }: Bench): Promise<Sample> {
  const seconds = Math.max(1, Math.round(durationSec))
  const plan = ['-t1', `-c${connections}`, `-d${seconds}s`]
  // autocannon says keep-alive in so many words; so does wrk then, or the requests would differ.
  const headers = ['-H', 'X-User: user0', '-H', 'Connection: keep-alive']
  const [file = '', ...args] = wrapped([wrk.command, ...plan, ...headers, `${url}/me`], cpus)
  const running = run(file, args, { env: { ...environmentOf('part'), ...wrk.env } })
  const [edges, { stdout }] = await Promise.all([
    readMiddle(running.child.pid ?? 0, serverPid, seconds),
    running,
  ])
  const throughputPerSec = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1])
  const trouble = /^\s*(Socket errors|Non-2xx).*$/m.exec(stdout)?.[0]
  if (trouble !== undefined || !(throughputPerSec > 0))
    throw notComparable('wrk met errors', [trouble ?? stdout])
  return toSample(throughputPerSec, edges)
}

interface CpuReading {
  atMs: number
  toolUs: number | null
  serverUs: number | null
}

function readCpu(tool: readonly number[], server: number | null): CpuReading {
  const times = tool.map(processCpuUs)
  return {
    atMs: performance.now(),
    toolUs: times.includes(null) ? null : times.reduce<number>((sum, time) => sum + (time ?? 0), 0),
    serverUs: server === null ? null : processCpuUs(server),
  }
}

/** Readings in the middle of wrk's life: a child that has ended cannot be asked any more. */
async function readMiddle(tool: number, server: number | null, seconds: number): Promise<CpuReading[]> {
  await sleep(WRK_EDGE_MS)
  const before = readCpu([tool], server)
  await sleep(seconds * 1_000 - 2 * WRK_EDGE_MS)
  return [before, readCpu([tool], server)]
}

function toSample(throughputPerSec: number, [before, after]: CpuReading[]): Sample {
  const busyCores = (from: number | null | undefined, to: number | null | undefined) =>
    before && after && from != null && to != null ? (to - from) / 1_000 / (after.atMs - before.atMs) : null
  const tool = busyCores(before?.toolUs, after?.toolUs)
  return {
    throughputPerSec,
    cpuUsPerRequest: tool === null ? null : (tool * 1e6) / throughputPerSec,
    serverUtilization: busyCores(before?.serverUs, after?.serverUs),
  }
}

function notComparable(what: string, examples: readonly string[]): AuthscaleError {
  const details = examples.map((example) => example.replace(/\s+/g, ' ').trim()).join('; ')
  const message = `${what} (${details}); end what else uses this machine, try again`
  return new AuthscaleError('LOAD_NOT_COMPARABLE', message)
}

const ARRIVALS_PER_SEC = 5_000
/** The server must know that many. */
export const OPEN_LOOP_USERS = 10_000
const OPEN_CONNECTIONS = 64
/** The sender's own code is compiled by then. */
const OPEN_WARMUP_SEC = 4
const WINDOW_SEC = 1
const WINDOWS = 40

/**
 * CPU time a request at one arrival rate, window after window: Poisson arrivals, every user in turn, replies verified,
 * all as in a trial.
 *
 * @param login with the URL of the proxy, since the sender's neighbours on its core are part of what it costs
 * @returns null where the process's CPU time cannot be read
 * @throws AuthscaleError LOAD_NOT_COMPARABLE for an error or a wrong answer
 */
export async function measureSenderCost(
  generator: Generator,
  login: Omit<LoginJob, 'users'>,
): Promise<LoadCheck['openLoop']> {
  await generator.login({ ...login, users: OPEN_LOOP_USERS })
  const cost = async (sec: number, seed: number) => {
    const arrivals = { arrivalsPerSec: ARRIVALS_PER_SEC, spacing: 'poisson' as const }
    const load = { loop: 'open' as const, ...arrivals, connections: OPEN_CONNECTIONS, seed }
    return (await runLoad({ url: login.url, serverPid: null, generator }, load, sec)).cpuUsPerRequest
  }
  await cost(OPEN_WARMUP_SEC, 0)
  const windows: number[] = []
  for (let seed = 1; seed <= WINDOWS; seed++) {
    const cpuUs = await cost(WINDOW_SEC, seed)
    if (cpuUs === null) return null
    windows.push(cpuUs)
  }
  const asked = { arrivalsPerSec: ARRIVALS_PER_SEC, users: OPEN_LOOP_USERS, windowSec: WINDOW_SEC }
  return { ...asked, windows, cpuUsPerRequest: medianInterval(windows) }
}
