/** Processes that were stopped by SIGSTOP: they hold their ports and answer nobody, until they are let go on. */
import { identify, isRunning, type ProcessIdentity } from '../processes/identity.ts'

export class Frozen {
  readonly #processes = new Set<ProcessIdentity>()

  /** Throws when there is no such process. */
  freeze(pid: number): void {
    const identity = identify(pid)
    if (identity === null) throw new Error(`there is no process ${pid} to stop`)
    // Before it is stopped: an end in between must find it here.
    this.#processes.add(identity)
    process.kill(pid, 'SIGSTOP')
  }

  /** All of them. A process that has ended meanwhile is left alone: its pid may be another one's now. */
  thaw(): void {
    for (const identity of this.#processes) if (isRunning(identity)) process.kill(identity.pid, 'SIGCONT')
    this.#processes.clear()
  }
}
