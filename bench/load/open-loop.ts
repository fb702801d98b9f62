/**
 * Open-loop load: requests leave at absolute times fixed beforehand, whatever became of the earlier ones, and every
 * one of them is accounted for.
 *
 * Not on autocannon, whose rate mode is a closed loop inside and whose account has gaps after a lost connection.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeHistogram } from '../histogram.ts'
import { nowUs, until } from './clock.ts'
import type { Credentials } from './credentials.ts'
import type { LoadShare } from './merge.ts'
import { type OpenJob, Sender } from './sender.ts'

const TIMEOUT_MS = 10_000
const DRAIN_SEC = 2
/** The connections are made before the first arrival. */
const CONNECT_US = 50_000
const DRAIN_LOOK_MS = 5

export interface OpenLoopOptions {
  /** Of `nowUs`; processes that share the work start their schedules at the same moment. */
  startUs?: number
  /** An arrival is given up this long after its intended send, sent or not. */
  timeoutMs?: number
  signal: AbortSignal
}

/** This process's share of the load. Rejects when the signal aborts. */
export async function runOpenLoop(
  job: OpenJob,
  credentials: Credentials,
  onWindow: (edge: 'open' | 'close') => void,
  { startUs = startOfOpenLoop(), timeoutMs = TIMEOUT_MS, signal }: OpenLoopOptions,
): Promise<LoadShare> {
  const openUs = startUs + job.warmupSec * 1e6
  const closeUs = openUs + job.measureSec * 1e6
  const sender = new Sender(job, credentials, { startUs, openUs, closeUs }, timeoutMs)
  try {
    await until(openUs, signal)
    onWindow('open')
    await until(closeUs, signal)
    onWindow('close')
    sender.noticeAll()
    const drained = nowUs() + (job.drainSec ?? DRAIN_SEC) * 1e6
    while (sender.account.open > 0 && nowUs() < drained) await sleep(DRAIN_LOOK_MS, undefined, { signal })
  } finally {
    sender.close()
  }
  const { tally, account } = sender
  return {
    ...tally.counts(),
    distinctUsers: sender.distinctUsers(),
    latency: encodeHistogram(account.corrected),
    arrivals: {
      account: account.counts,
      noticed: account.noticed,
      uncorrected: encodeHistogram(account.uncorrected),
      lag: encodeHistogram(account.lag),
      meanInFlight: sender.meanInFlight(),
      backlogMax: sender.backlogMax,
      reconnects: sender.reconnects,
    },
  }
}

/** When a schedule can begin that is asked for now. */
export function startOfOpenLoop(): number {
  return nowUs() + CONNECT_US
}
