/**
 * The ballast's process: a small HTTP server that asks itself without end, as far as its quota lets it. It does what
 * a replica, its proxy and its load do to their neighbours: sockets, system calls, short-lived objects. Argument:
 * nothing. Leaves with the harness.
 */
import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

/** So many requests pile up while the quota is spent, as they do at a replica. */
const CONNECTIONS = 64
/** Were something wrong, it must not spin on errors. */
const AFTER_ERROR_MS = 10

process.on('disconnect', () => process.exit(0))
const body = JSON.stringify({ id: 'user-1', name: 'A user', visits: 1 })
const server = createServer((_, reply) => {
  reply.setHeader('content-type', 'application/json')
  reply.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const ask = () => {
    get({ host: '127.0.0.1', port, agent, path: '/me' }, (reply) => reply.resume().on('end', ask)).on(
      'error',
      () => setTimeout(ask, AFTER_ERROR_MS),
    )
  }
  for (let i = 0; i < CONNECTIONS; i++) ask()
})
