/**
 * Closed-loop load on autocannon: each connection sends its next user's GET /me as soon as the reply is complete.
 *
 * Taken from autocannon is only the sending. Its own latencies are whole milliseconds and its counts begin with
 * the warm-up, so latency comes from its events and everything is counted here, between two exact instants.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import type { LoadJob, LoadReport } from '../types.ts'
import { Connection, usersOf } from './connection.ts'
import type { Credentials } from './credentials.ts'
import { Tally } from './tally.ts'

const REPLY_TIMEOUT_SEC = 10
/** autocannon looks this often whether it was stopped. */
const STOP_WITHIN_MS = 100
const NEVER_SEC = 1_000_000

/** `onWindow` is called as the window opens and closes. Rejects when autocannon refuses the job. */
export async function runClosedLoop(
  job: LoadJob,
  credentials: Credentials,
  onWindow: (edge: 'open' | 'close') => void,
): Promise<LoadReport> {
  const tally = new Tally(job.verifyEvery)
  const connections: Connection[] = []
  const { instance, ended } = start(job, (client) => {
    const users = usersOf(connections.length, job.load.connections, credentials.users)
    connections.push(new Connection(client, users, credentials, tally))
  })
  await Promise.race([once(instance, 'start'), ended])
  await sleep(job.warmupSec * 1000)

  for (const connection of connections) connection.openWindow()
  tally.open()
  onWindow('open')
  await sleep(job.measureSec * 1000)
  for (const connection of connections) connection.closeWindow()
  tally.close()
  onWindow('close')

  instance.stop()
  await ended
  const sentUsers = new Uint8Array(credentials.users)
  for (const connection of connections) connection.markSentUsers(sentUsers)
  return tally.report(sentUsers.reduce((count, sent) => count + sent, 0))
}

function start(job: LoadJob, setupClient: (client: autocannon.Client) => void) {
  let settle: (error: unknown) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve())
  })
  const instance = autocannon(
    {
      url: new URL('/me', job.url).href,
      connections: job.load.connections,
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
