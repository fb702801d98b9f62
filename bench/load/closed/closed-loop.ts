/**
 * Closed-loop load on autocannon: each connection sends its next user's GET /me as soon as the reply is complete.
 *
 * Taken from autocannon is only the sending. Its own latencies are whole milliseconds and its counts begin with
 * the warm-up, so latency comes from its events and everything is counted here, between two exact instants.
 */
import { once } from 'node:events'
import autocannon from 'autocannon'
import { createHistogram, encodeHistogram } from '../../stats/histogram.ts'
import { nowUs, until } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { Load, LoadJob } from '../job.ts'
import type { LoadShare } from '../merge.ts'
import { shareOf } from '../shard.ts'
import { countUsers, Tally } from '../tally.ts'
import { Connection, reachableUsers, usersOf } from './connection.ts'

const REPLY_TIMEOUT_SEC = 10
/** autocannon looks this often whether it was stopped. */
const STOP_WITHIN_MS = 20
const NEVER_SEC = 1_000_000

export type ClosedJob = LoadJob & { load: Extract<Load, { loop: 'closed' }> }

/**
 * This process's share of the load. `onWindow` is called as the window opens and closes. Rejects when autocannon
 * refuses the job or the signal aborts.
 */
export async function runClosedLoop(
  job: ClosedJob,
  credentials: Credentials,
  onWindow: (edge: 'open' | 'close') => void,
  signal: AbortSignal,
): Promise<LoadShare> {
  const sinks = { tally: new Tally(job), latency: createHistogram() }
  const connections: Connection[] = []
  const count = shareOf(job.load.connections, credentials.shard)
  const reachable = reachableUsers(credentials, job.load.homes)
  const { instance, ended } = start(job.url, count, (client) => {
    const users = usersOf(connections.length, count, reachable)
    connections.push(new Connection(client, users, credentials, sinks))
  })
  try {
    await Promise.race([once(instance, 'start'), ended])
    await until(nowUs() + job.warmupSec * 1e6, signal)

    for (const connection of connections) connection.openWindow()
    const openUs = nowUs()
    sinks.tally.open(openUs)
    onWindow('open')
    await until(openUs + job.measureSec * 1e6, signal)
    for (const connection of connections) connection.closeWindow(job)
    sinks.tally.close(nowUs())
    onWindow('close')
  } finally {
    instance.stop()
    await ended
  }
  const sentUsers = new Uint8Array(credentials.users)
  for (const connection of connections) connection.markSentUsers(sentUsers)
  return {
    ...sinks.tally.counts(),
    distinctUsers: countUsers(sentUsers),
    latency: encodeHistogram(sinks.latency),
    arrivals: null,
  }
}

function start(url: string, connections: number, setupClient: (client: autocannon.Client) => void) {
  let settle: (error: unknown) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve())
  })
  const instance = autocannon(
    {
      url: new URL('/me', url).href,
      connections,
      duration: NEVER_SEC,
      timeout: REPLY_TIMEOUT_SEC,
      sampleInt: STOP_WITHIN_MS,
      skipAggregateResult: true,
      setupClient,
    },
    settle,
  )
  return { instance, ended }
}
