/** Listens, or says in one line why that cannot be. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from './config.ts'

/** The port in use. Throws a ConfigError when the address cannot be listened on. */
export function listen(server: Server, { host, port }: { host?: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const advice = taken
        ? 'is taken: choose another PORT or end what listens there'
        : 'cannot be listened on: correct HOST or PORT'
      reject(new ConfigError(`port ${port}${host ? ` on ${host}` : ''} ${advice} (${error.code})`))
    })
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port))
  })
}
