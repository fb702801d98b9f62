/** The clock of all load: the system's monotonic one, so that several processes can agree on a moment. */
import { setTimeout as sleep } from 'node:timers/promises'

/** `performance.now` reads the same clock as `hrtime`, without making an object of each reading. */
const ORIGIN_US = Number(process.hrtime.bigint()) / 1_000 - performance.now() * 1_000

/** Microseconds, with fractions; comparable between processes of one machine. */
export function nowUs(): number {
  return ORIGIN_US + performance.now() * 1_000
}

/** Resolves at that moment, never before it. Rejects when the signal aborts. */
export async function until(atUs: number, signal: AbortSignal): Promise<void> {
  // A timer may fire up to a millisecond early.
  for (let left = atUs - nowUs(); left > 0; left = atUs - nowUs())
    await sleep(Math.ceil(left / 1_000), undefined, { signal })
}
