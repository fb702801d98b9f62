/** The shape of a proof: a claim about the instrument, and a run that can find it false. */
import type { z } from 'zod'
import type { Generator, LoadReport } from '../load/job.ts'
import type { verdictSchema } from '../record/schema/verify.ts'
import type { Server } from './server.ts'
import type { Behaviour } from './server-log.ts'
import type { TestBed } from './test-bed.ts'

export type Verdict = z.infer<typeof verdictSchema>

/** A verdict before it is timed and named. */
export type Finding = Pick<Verdict, 'expected' | 'measured' | 'passed' | 'figures'>

/** What is under test: the load generator, or in the tests of the proofs one that is broken on purpose. */
export type Instrument = Generator

export interface Proof {
  /** As `--only` takes it. */
  id: string
  /** One plain line. */
  shows: string
  /** Whether it is about times, which other programs on the machine disturb. */
  timed: boolean
  /** Rejects when the instrument or a server ended; that is a failed proof as well. */
  run(instrument: Instrument, bed: TestBed): Promise<Finding>
}

const USERS = 100

/** Load before the load that counts: connections, and code that is compiled on both sides. */
const WARMUP_SEC = 0.7

/** Gives the instrument its users; the servers of the proofs take any name. */
export async function logIn(instrument: Instrument, url: string): Promise<void> {
  await instrument.login({ url, transport: 'none', users: USERS, concurrency: 4 })
}

interface OpenLoad {
  url: string
  perSec: number
  sec: number
  spacing?: 'even' | 'poisson'
  /** Enough that no proof but the stopped server's needs the backlog. */
  connections?: number
  seed?: number
}

type OpenReport = LoadReport & { arrivals: NonNullable<LoadReport['arrivals']> }

/** Open-loop load that is all window: what the server logs is then exactly what the report is about. */
export async function sendOpenLoop(
  instrument: Instrument,
  { url, perSec, sec, spacing = 'even', connections = 64, seed = 1 }: OpenLoad,
  onEdge: (edge: 'open' | 'close') => void = () => {},
): Promise<OpenReport> {
  const load = { loop: 'open' as const, arrivalsPerSec: perSec, spacing, connections, seed }
  const job = { url, load, warmupSec: 0, measureSec: sec, verifyEvery: 16 }
  const report = await instrument.load(job, onEdge)
  const { arrivals } = report
  if (!arrivals) throw new Error('the instrument gave no account of its arrivals')
  return { ...report, arrivals }
}

/** A server that is warm and has an empty log, and open-loop load for it. */
export async function warmServer(
  instrument: Instrument,
  bed: TestBed,
  load: Omit<OpenLoad, 'url' | 'sec' | 'spacing'>,
  behaviour?: Behaviour,
): Promise<{ server: Server; send(sec: number, spacing?: OpenLoad['spacing']): Promise<OpenReport> }> {
  const server = await bed.serve(behaviour)
  await logIn(instrument, server.url)
  const send = (sec: number, spacing: OpenLoad['spacing'] = 'even') =>
    sendOpenLoop(instrument, { ...load, url: server.url, sec, spacing })
  await send(WARMUP_SEC)
  await server.log()
  return { server, send }
}

/** "1.25" for 1.2504: as many digits as a reader needs to compare. */
export function digits(value: number, count = 3): string {
  if (!Number.isFinite(value)) return 'nothing'
  const whole = Math.max(1, Math.ceil(Math.log10(Math.abs(value) + 1e-9)))
  return value.toFixed(Math.min(6, Math.max(0, count - whole)))
}

/** Whether a value lies within a share of what it should be; never for what is not a number. */
export function within(value: number, expected: number, share: number): boolean {
  return Math.abs(value - expected) <= share * Math.abs(expected)
}
