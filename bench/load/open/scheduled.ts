/**
 * Load by a sender of our own: each request leaves when its script has it due, and every one of them is accounted for.
 *
 * Not on autocannon: its rate mode is a closed loop inside, its account has gaps after a lost connection, and it
 * forgets what it sent when it stops.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthscaleError } from '../../errors.ts'
import { nowUs, until } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { Load, LoadJob, LoadShare, OnWindow } from '../job.ts'
import { Tally } from '../tally.ts'
import { giveBack, takeAlarm } from './alarm.ts'
import { Arrivals } from './arrivals.ts'
import { Journeys } from './journeys.ts'
import { Logins } from './logins.ts'
import { Mixed } from './mixed.ts'
import type { Ground, Script } from './script.ts'
import { Sender } from './sender.ts'

const TIMEOUT_MS = 10_000
const DRAIN_SEC = 2
/** The connections are made before the first request is due. */
const CONNECT_US = 50_000
const DRAIN_LOOK_MS = 5

export interface ScheduledOptions {
  /** Of `nowUs`; processes that share the work start their schedules at the same moment. */
  startUs?: number
  /** A request is given up this long after its intended send, sent or not. */
  timeoutMs?: number
  /** A connection that was not used for so long is replaced. */
  idleMs?: number
  signal: AbortSignal
}

/** This process's share of the load. Rejects when the signal aborts, or the script cannot vouch for its load. */
export async function runScheduled(
  job: LoadJob,
  credentials: Credentials,
  onWindow: OnWindow,
  { startUs = startOfSchedule(), timeoutMs = TIMEOUT_MS, idleMs, signal }: ScheduledOptions,
): Promise<LoadShare> {
  requireKeptAndPlain(job)
  const openUs = startUs + job.warmupSec * 1e6
  const times = { startUs, openUs, closeUs: openUs + job.measureSec * 1e6 }
  const tally = new Tally(job)
  tally.open(times.openUs)
  tally.close(times.closeUs)
  const { url, load, handlerUs } = job
  const ground = { url, load, credentials, handlerUs, times, tally }
  const script = scriptOf(ground)
  const alarm = await takeAlarm()
  const sender = new Sender(ground, script, { alarm, timeoutMs, idleMs })
  try {
    await until(times.openUs, signal)
    onWindow('open')
    await until(times.closeUs, signal)
    onWindow('close')
    sender.noticeAll()
    const drained = nowUs() + (job.drainSec ?? DRAIN_SEC) * 1e6
    while (sender.account.open > 0 && nowUs() < drained) await sleep(DRAIN_LOOK_MS, undefined, { signal })
  } finally {
    sender.close()
    giveBack(alarm)
  }
  const beyond = await script.finish?.()
  const { arrivals, ...sent } = sender.share()
  return { ...tally.counts(), ...beyond, ...sent, arrivals: load.loop === 'closed' ? null : arrivals }
}

/** @throws AuthscaleError LOAD_NOT_POSSIBLE for what would otherwise be another load than the one that was asked for */
function requireKeptAndPlain({ url, load }: LoadJob): void {
  const isNew = load.loop === 'closed' && (load.reuse ?? 'kept') !== 'kept'
  if (!isNew && !url.startsWith('https:')) return
  throw new AuthscaleError(
    'LOAD_NOT_POSSIBLE',
    'Arrivals, journeys and logins are sent over kept connections and without TLS; only reads in a closed loop can have others.',
  )
}

function scriptOf({ load, ...ground }: Ground<Load>): Script {
  if (load.loop === 'open')
    return load.issuing ? new Mixed({ ...ground, load }) : new Arrivals({ ...ground, load })
  return load.loop === 'journey' ? new Journeys({ ...ground, load }) : new Logins({ ...ground, load })
}

/** When a schedule can begin that is asked for now. */
export function startOfSchedule(): number {
  return nowUs() + CONNECT_US
}
