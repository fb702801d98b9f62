/**
 * The process of a link: listens on loopback, relays each connection to the target, breaks as the harness asks, and
 * leaves with the harness. Arguments: host and port of the target, round trip in ms.
 */
import { connect, createServer } from 'node:net'
import { listen } from '../ports.ts'
import { DelayLine } from './link-delay.ts'
import { type LinkCounts, type LinkTarget, type Relayed, relay } from './link-relay.ts'

/** What the harness asks for, one thing at a time. */
export type LinkQuestion =
  | { type: 'counts' | 'hold' | 'release' | 'refuse' | 'accept' | 'cut' }
  | { type: 'delay'; roundTripMs: number }
  | { type: 'target'; to: LinkTarget }

/** `listening` once, the others when they were asked for and are done. */
export type LinkMessage =
  | { type: 'listening'; port: number }
  | { type: 'counts'; counts: LinkCounts }
  | { type: Exclude<LinkQuestion['type'], 'counts'> }
  | { type: 'failed'; reason: string }

const [host = '', targetPort, roundTripMs] = process.argv.slice(2)
/** Nagle's algorithm would hold small packets back for longer than the delay that is asked for. */
const options = { allowHalfOpen: true, noDelay: true }
const counts: LinkCounts = { toTarget: 0, fromTarget: 0 }
const line = new DelayLine(Number(roundTripMs) / 2)
const open = new Set<Relayed>()
let target: LinkTarget = { host, port: Number(targetPort) }

function tell(message: LinkMessage): void {
  process.send?.(message)
}

const server = createServer(options, (client) => {
  const relayed = relay(client, connect({ ...target, ...options }), line, counts)
  open.add(relayed)
  client.once('close', () => open.delete(relayed))
})

const resetAll = () => {
  for (const relayed of open) relayed.reset()
}

const answers: { [T in LinkQuestion['type']]: (question: LinkQuestion & { type: T }) => unknown } = {
  counts: () => {},
  delay: (question) => line.setDelay(question.roundTripMs / 2),
  hold: () => line.hold(),
  release: () => line.release(),
  // Not accepted and then reset: a client of a server that is gone hears at once that nobody listens.
  refuse() {
    server.close()
    resetAll()
  },
  accept: () => (server.listening ? undefined : listen(server, port)),
  cut() {
    for (const relayed of open) relayed.cut()
  },
  target(question) {
    target = question.to
    resetAll()
  },
}

process.on('message', async (question: LinkQuestion) => {
  try {
    // Each answer takes the question of its own type, which the compiler cannot follow through the index.
    await (answers[question.type] as (question: LinkQuestion) => unknown)(question)
    tell(question.type === 'counts' ? { type: 'counts', counts } : { type: question.type })
  } catch (error) {
    tell({ type: 'failed', reason: (error as Error).message })
  }
})
process.on('disconnect', () => process.exit(0))
await line.ready()
const port = await listen(server)
tell({ type: 'listening', port })
