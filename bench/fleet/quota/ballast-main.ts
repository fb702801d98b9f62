/**
 * The process of ballast and of a pacer: a small HTTP server that asks itself without end, as far as its quota lets it.
 * It does what a replica, its proxy and its load do to their neighbours: sockets, system calls, short-lived objects.
 * Warms up by itself and then waits for `go`; answers `work` with what it has done since, for how much CPU time. Argument:
 * how many requests it has under way at a time. Leaves with the harness.
 */
import { Agent, createServer, get } from 'node:http'
import { listen } from '../ports.ts'

const connections = Number(process.argv[2])
/** Later its quota would keep it compiling for minutes. */
const WARM_REQUESTS = 20_000
/** Were something wrong, it must not spin on errors. */
const AFTER_ERROR_MS = 10

let requests = 0
let going = false
const waiting: (() => void)[] = []

process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  if (message === 'go') {
    going = true
    for (const ask of waiting.splice(0)) ask()
    return
  }
  const { user, system } = process.cpuUsage()
  process.send?.({ requests, cpuUs: user + system })
})

const body = JSON.stringify({ id: 'user-1', name: 'A user', visits: 1 })
const server = createServer((_, reply) => {
  reply.setHeader('content-type', 'application/json')
  reply.end(body)
})
const port = await listen(server)
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const ask = () => {
  if (!going && requests >= WARM_REQUESTS) return waiting.push(ask)
  return get({ host: '127.0.0.1', port, agent, path: '/me' }, (reply) =>
    reply.resume().on('end', () => {
      requests++
      ask()
    }),
  ).on('error', () => setTimeout(ask, AFTER_ERROR_MS))
}
for (let i = 0; i < connections; i++) ask()
