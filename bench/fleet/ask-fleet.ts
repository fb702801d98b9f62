/** A fleet for a question that is asked without load: started, asked within a limit, and ended whatever happens. */
import { unlessAborted, unlessEnded, within } from '../load/in-time.ts'
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
  try {
    const answer = unlessAborted(unlessEnded(question(running), running.died), signal)
    return await within(limitMs, answer, () => {
      throw new Error('no answer in time')
    })
  } finally {
    await running.stop()
  }
}
