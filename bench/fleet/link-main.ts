/**
 * The process of a link: listens on loopback, relays each connection to the target, and leaves with the harness.
 * Arguments: host and port of the target, round trip in ms.
 */
import { type AddressInfo, connect, createServer } from 'node:net'
import { DelayLine } from './link-delay.ts'
import { type LinkCounts, relay } from './link-relay.ts'

/** What the harness asks for, one thing at a time. */
export type LinkQuestion = { type: 'counts' } | { type: 'delay'; roundTripMs: number }

/** `listening` once, the others when they were asked for. */
export type LinkMessage =
  | { type: 'listening'; port: number }
  | { type: 'counts'; counts: LinkCounts }
  | { type: 'delay' }

const [host = '', port, roundTripMs] = process.argv.slice(2)
/** Nagle's algorithm would hold small packets back for longer than the delay that is asked for. */
const options = { allowHalfOpen: true, noDelay: true }
const counts: LinkCounts = { toTarget: 0, fromTarget: 0 }
const line = new DelayLine(Number(roundTripMs) / 2)

function tell(message: LinkMessage): void {
  process.send?.(message)
}

const server = createServer(options, (client) => {
  relay(client, connect({ host, port: Number(port), ...options }), line, counts)
})
process.on('message', async (question: LinkQuestion) => {
  if (question.type === 'counts') return tell({ type: 'counts', counts })
  await line.setDelay(question.roundTripMs / 2)
  tell({ type: 'delay' })
})
process.on('disconnect', () => process.exit(0))
await line.ready()
server.listen(0, '127.0.0.1', () => tell({ type: 'listening', port: (server.address() as AddressInfo).port }))
