/** Closed-loop load: each connection sends its next user's GET /me as soon as the reply is complete. */
import { createHistogram, encodeHistogram } from '../../stats/histogram.ts'
import { nowUs, until } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { ClosedLoad, LoadJob, LoadShare, OnWindow } from '../job.ts'
import { countUsers, isTooShort, Tally } from '../tally.ts'
import { readPath } from '../wire/requests.ts'
import { keptConnections } from './connection.ts'
import { newConnections } from './new-connections.ts'
import { usersByConnection } from './users.ts'

/**
 * This process's share of the load, counted between two exact instants. Rejects when the connections refuse the job or
 * the signal aborts.
 */
export async function runClosedLoop(
  job: LoadJob & { load: ClosedLoad },
  credentials: Credentials,
  onWindow: OnWindow,
  signal: AbortSignal,
): Promise<LoadShare> {
  const { url, load, handlerUs } = job
  const [tally, latency, sentUsers] = [new Tally(job), createHistogram(), new Uint8Array(credentials.users)]
  const common = { url, path: readPath(handlerUs), credentials, tally, latency, sentUsers }
  const users = usersByConnection(load, credentials, job.earlier)
  const isKept = (load.reuse ?? 'kept') === 'kept'
  const connections = isKept
    ? keptConnections(common, users)
    : newConnections(common, users, load.reuse === 'resumed')
  try {
    await connections.started
    await until(nowUs() + job.warmupSec * 1e6, signal)
    for (const connection of connections.all) connection.openWindow()
    const openUs = nowUs()
    tally.open(openUs)
    onWindow('open')
    await until(openUs + job.measureSec * 1e6, signal)
    const mayStall = job.mayStall || isTooShort(tally.replies, connections.all.length)
    for (const connection of connections.all) connection.closeWindow({ mayStall })
    tally.close(nowUs())
    onWindow('close')
  } finally {
    await connections.stop()
  }
  return {
    ...tally.counts(),
    distinctUsers: countUsers(sentUsers),
    latency: encodeHistogram(latency),
    arrivals: null,
    handshakes: connections.handshakes,
  }
}
