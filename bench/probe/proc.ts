/** CPU time of processes and of the whole machine, read from /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time of all threads of a process in µs, or null where it cannot be read (no /proc, or it is gone).
 * `schedstat` counts nanoseconds; `stat` would count 10 ms ticks. Every thread matters: WebCrypto works on
 * libuv's pool, so the event loop alone would make token verification look free.
 */
export function processCpuUs(pid: number): number | null {
  try {
    let ns = 0
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ', 1)[0])
    }
    return ns / 1_000
  } catch {
    return null
  }
}

export interface HostTimes {
  /** Busy time of all cores since boot, without steal, in µs. */
  busyUs: number
  /** Time that the hypervisor gave to others although we wanted to run, in µs. */
  stealUs: number
  /** All time of all cores, in µs. */
  totalUs: number
}

/** User-visible clock ticks of /proc/stat; fixed by the kernel's ABI on every Linux that Node supports. */
const TICK_US = 10_000

/** The first line of /proc/stat, or null where there is none. */
export function hostTimes(): HostTimes | null {
  try {
    return parseHostTimes(readFileSync('/proc/stat', 'latin1'))
  } catch {
    return null
  }
}

/** Columns by proc(5): user nice system idle iowait irq softirq steal; guest time is already in user. */
export function parseHostTimes(stat: string): HostTimes {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softirq
  return {
    busyUs: busy * TICK_US,
    stealUs: steal * TICK_US,
    totalUs: (busy + idle + iowait + steal) * TICK_US,
  }
}
