/** The harness's side of the server of the proofs: starts it, tells it what to do, asks it for its log. */
import { type Child, nextMessage, spawnChild } from '../fleet/processes/process.ts'
import type { Behaviour, ServerLog, ServerMessage } from './server-log.ts'

export interface Server {
  readonly url: string
  readonly pid: number
  /** Resolves with a reason when the process ends, also when it was to. */
  readonly ended: Promise<string>
  /** Nothing happens once the process is gone. */
  signal(name: NodeJS.Signals): void
  /** Holds for requests that come later. */
  behave(behaviour: Behaviour): void
  /** The account since the last call, which this one ends. */
  log(): Promise<ServerLog>
  stop(): Promise<void>
}

/** A server that is up but does not listen yet. */
export interface HeldServer {
  /** On the given port, or any. */
  listen(port?: number): Promise<Server>
  stop(): Promise<void>
}

/**
 * In the harness's own Node: what is proved here is the instrument, the server only has to know what it did.
 *
 * @param main `server-main.ts`, compiled
 * @throws AuthscaleError SPAWN_FAILED
 */
export async function startServer(
  main: string,
  cpus: readonly number[],
  behaviour: Behaviour,
  onPid?: (pid: number) => void,
): Promise<HeldServer> {
  const line = [process.execPath, main]
  const child = await spawnChild(line, { name: 'server of the proof', cpus, ipc: true, onPid })
  await nextMessage(child)
  tell(child, { type: 'behave', behaviour })
  return {
    stop: () => child.stop(),
    async listen(port = 0) {
      tell(child, { type: 'listen', port })
      return listening(child, (await nextMessage(child)) as number)
    },
  }
}

function listening(child: Child, port: number): Server {
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    ended: child.ended,
    signal: (name) => void child.process.kill(name),
    behave: (behaviour) => tell(child, { type: 'behave', behaviour }),
    async log() {
      tell(child, { type: 'log' })
      return (await nextMessage(child)) as ServerLog
    },
    stop: () => child.stop(),
  }
}

function tell(child: Child, message: ServerMessage): void {
  if (child.process.connected) child.process.send(message)
}
