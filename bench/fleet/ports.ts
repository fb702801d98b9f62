/** Ports on loopback. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { hasCode, messageOf } from '../errors.ts'

/** @param port 0: any @returns the one that it listens on; rejects where that is taken */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A port that was free a moment ago. */
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
    if (hasCode(error, 'EADDRINUSE', 'EACCES')) return false
    throw error
  }
}

/** More often than this it is no coincidence. */
const TRIES = 5

/**
 * What comes of `start`. Somebody may take a free port before a server binds it, so the server has to find out who answers;
 * it is then started again, on what is chosen next.
 *
 * @param isStolen whether that is what a failure says
 */
export async function onPort<T>(
  choose: () => Promise<number>,
  start: (port: number) => Promise<T>,
  isStolen: (message: string) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = await choose()
    try {
      return await start(port)
    } catch (error) {
      if (attempt === TRIES || !isStolen(messageOf(error))) throw error
    }
  }
}
