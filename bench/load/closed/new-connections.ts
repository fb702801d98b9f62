/**
 * Closed-loop load in which every request comes over a connection of its own: connect, shake hands where there is TLS,
 * ask, read the whole reply, and begin again.
 *
 * Not on autocannon, which keeps its connections and cannot say whether a TLS session was resumed.
 */
import { AuthscaleError } from '../../errors.ts'
import { createHistogram, encodeHistogram } from '../../stats/histogram.ts'
import { nowUs, until } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { LoadJob } from '../job.ts'
import type { LoadShare } from '../merge.ts'
import { shareOf } from '../shard.ts'
import { countUsers, Tally } from '../tally.ts'
import { targetOf } from '../wire/target.ts'
import type { ClosedJob } from './closed-loop.ts'
import { reachableUsers, usersOf } from './connection.ts'
import { type Sinks, Slot } from './slot.ts'

/**
 * This process's share of the load. `onWindow` is called as the window opens and closes.
 *
 * The proxy is asked to close each connection and so keeps what has to be remembered of it (TIME_WAIT); a port of this
 * side is free again at once. What bounds the rate is the number of ports between two SYNs to the same one: about
 * 28,000 on Linux. Connections beyond that fail, and a failed one makes a closed-loop trial invalid.
 *
 * @throws AuthscaleError RESUMES_NOTHING for sessions that are to be resumed without TLS
 */
export async function runNewConnections(
  job: ClosedJob,
  credentials: Credentials,
  onWindow: (edge: 'open' | 'close') => void,
  signal: AbortSignal,
): Promise<LoadShare> {
  const target = targetOf(job.url)
  const { reuse } = job.load
  if (reuse === 'resumed' && !target.isSecure)
    throw new AuthscaleError(
      'RESUMES_NOTHING',
      'Without TLS there is no session to resume: ask for new connections.',
    )
  const sinks = sinksFor(job, credentials)
  const count = shareOf(job.load.connections, credentials.shard)
  const reachable = reachableUsers(credentials, job.load.homes)
  const slots = Array.from({ length: count }, (_, index) => {
    const users = usersOf(index, count, reachable)
    return new Slot({ target, users, credentials, resumes: reuse === 'resumed' }, sinks)
  })
  try {
    await until(nowUs() + job.warmupSec * 1e6, signal)
    const openUs = nowUs()
    sinks.tally.open(openUs)
    onWindow('open')
    await until(openUs + job.measureSec * 1e6, signal)
    for (const slot of slots) slot.closeWindow(openUs)
    sinks.tally.close(nowUs())
    onWindow('close')
  } finally {
    for (const slot of slots) slot.stop()
  }
  return {
    ...sinks.tally.counts(),
    distinctUsers: countUsers(sinks.sentUsers),
    latency: encodeHistogram(sinks.latency),
    arrivals: null,
    handshakes: target.isSecure ? sinks.handshakes : null,
  }
}

function sinksFor(job: LoadJob, credentials: Credentials): Sinks {
  return {
    tally: new Tally(job),
    latency: createHistogram(),
    sentUsers: new Uint8Array(credentials.users),
    handshakes: { full: 0, resumed: 0 },
  }
}
