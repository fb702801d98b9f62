/** Ports on loopback. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

/** @param port 0: any @returns the one that it listens on; rejects where that is taken */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/**
 * A port that was free a moment ago. Somebody may take it before the server binds, so callers check who
 * answers and try again with another one.
 */
export const freePort = () => tried(0)

async function tried(wanted: number): Promise<number> {
  const server = createServer()
  const port = await listen(server, wanted)
  await new Promise((closed) => server.close(closed))
  return port
}

/** True when nobody listens on this loopback port. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await tried(port)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw error
  }
}
