/** The clock of all load: the system's monotonic one, so that several processes can agree on a moment. */
import { setTimeout as sleep } from 'node:timers/promises'

const READINGS = 100
/** `performance.now` reads the same clock as `hrtime`, from another origin, without making an object of each reading. */
const ORIGIN_US = originUs()

/**
 * By the pair of readings between which least time passed. The first pair of a process lies up to 11 ms apart, since its
 * code is still being compiled, and by so much the schedules of several processes would have been shifted.
 */
function originUs(): number {
  let best = { gapUs: Number.POSITIVE_INFINITY, originUs: Number.NaN }
  for (let reading = 0; reading < READINGS; reading++) {
    const before = machineUs()
    const sinceUs = performance.now() * 1_000
    const gapUs = machineUs() - before
    if (gapUs < best.gapUs) best = { gapUs, originUs: before + gapUs / 2 - sinceUs }
  }
  return best.originUs
}

/** Microseconds, with fractions; comparable between processes of one machine. */
export function nowUs(): number {
  return ORIGIN_US + performance.now() * 1_000
}

/**
 * The same clock as it is, at an object for each reading: `performance.now` plus an origin that each thread takes for itself
 * sets two threads apart by what the taking lasts, which was up to 0.6 ms.
 */
export function machineUs(): number {
  return Number(process.hrtime.bigint()) / 1_000
}

/** Resolves at that moment, never before it. Rejects when the signal aborts. */
export async function until(atUs: number, signal: AbortSignal): Promise<void> {
  // A timer may fire up to a millisecond early.
  for (let left = atUs - nowUs(); left > 0; left = atUs - nowUs())
    await sleep(Math.ceil(left / 1_000), undefined, { signal })
}
