/** A fleet for a question that is asked without load: started, asked within a limit, and ended whatever happens. */
import type { Fleet, FleetSpec, RunningFleet } from './fleet.ts'

export interface Surroundings {
  fleet: Fleet
  /** Aborts when the user wants to stop. */
  signal: AbortSignal
}

/** @throws what the start of a fleet throws, and what the question throws; Error when it took too long or a part died */
export async function askFleet<T>(
  { fleet, signal }: Surroundings,
  spec: FleetSpec,
  limitMs: number,
  question: (running: RunningFleet) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const running = await fleet.start(spec)
  const done = new AbortController()
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), limitMs)
    done.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done.signal })
  })
  const death = running.died.then((reason) => Promise.reject(new Error(reason)))
  try {
    return await Promise.race([question(running), death, late, stopped])
  } finally {
    done.abort()
    await running.stop()
  }
}
