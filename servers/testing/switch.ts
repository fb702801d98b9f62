/** One address for a Redis that is replaced while servers run, as a name that moves to another machine after a failover. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Switch {
  url: string
  /** All connections break; new ones go there. */
  to(url: string): void
  close(): void
}

export async function switchTo(first: string): Promise<Switch> {
  let target = new URL(first)
  const open = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect(Number(target.port), target.hostname)
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    to(url) {
      target = new URL(url)
      drop()
    },
    close() {
      server.close()
      drop()
    },
  }
}
