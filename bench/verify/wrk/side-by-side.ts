/** Single measurements of the load generator and of wrk, with the same figures. */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AuthscaleError } from '../../errors.ts'
import { wrapped } from '../../fleet/processes/process.ts'
import type { Tool } from '../../fleet/tools/tools.ts'
import type { Generator, Load } from '../../load/job.ts'
import { processCpuUs } from '../../probe/proc.ts'

const run = promisify(execFile)

const VERIFY_EVERY = 16
/** For connecting alone: server and generator keep their compiled code from one measurement to the next. */
const WARMUP_SEC = 0.3
/** wrk's CPU time is read this long after its start and before its end: before, it connects; after, it is gone. */
const WRK_EDGE_MS = 300

/** What one tool reached in one measurement. */
export interface Sample {
  throughputPerSec: number
  /** CPU time of the tool itself; null where it cannot be read. */
  cpuUsPerRequest: number | null
  /** Busy cores of the server: near 1 when the tool can keep it busy, however fast the machine is just then. */
  serverUtilization: number | null
}

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
export async function runPair(bench: Bench, first: 'generator' | 'wrk') {
  const ahead = first === 'wrk' ? await runWrk(bench) : undefined
  const generator = await runGenerator(bench, bench.durationSec)
  const wrk = ahead ?? (await runWrk(bench))
  return { first, generator, wrk, ratio: generator.throughputPerSec / wrk.throughputPerSec }
}

/** @throws AuthscaleError LOAD_NOT_COMPARABLE for an error or a wrong answer */
export async function runLoad(
  { url, serverPid, generator }: Pick<Bench, 'url' | 'serverPid' | 'generator'>,
  load: Load,
  measureSec: number,
): Promise<Sample> {
  const edges: CpuReading[] = []
  const report = await generator.load(
    { url, load, warmupSec: WARMUP_SEC, measureSec, verifyEvery: VERIFY_EVERY },
    () => edges.push(readCpu(generator.pids, serverPid)),
  )
  const { requests, errors, wrongAnswers, wrongExamples, windowSec } = report
  if (errors + wrongAnswers > 0 || requests === 0) {
    throw notComparable(`the generator met ${errors} errors and ${wrongAnswers} wrong answers`, wrongExamples)
  }
  return toSample(requests / windowSec, edges)
}

/** @throws AuthscaleError LOAD_NOT_COMPARABLE when wrk reports an error or cannot be read */
async function runWrk({ connections, durationSec, url, serverPid, wrk, cpus }: Bench): Promise<Sample> {
  const seconds = Math.max(1, Math.round(durationSec))
  const plan = ['-t1', `-c${connections}`, `-d${seconds}s`]
  // autocannon says keep-alive in so many words; so does wrk then, or the requests would differ.
  const headers = ['-H', 'X-User: user0', '-H', 'Connection: keep-alive']
  const [file = '', ...args] = wrapped([wrk.command, ...plan, ...headers, `${url}/me`], cpus)
  const running = run(file, args, { env: { ...process.env, ...wrk.env } })
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
  return new AuthscaleError(
    'LOAD_NOT_COMPARABLE',
    `${what} (${details}); end what else uses this machine, try again`,
  )
}
