/** CPU time of processes and of the whole machine, read from /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** What the scheduler says of a process, in µs since its threads began. */
export interface ProcessTimes {
  /** CPU time of all threads. */
  cpuUs: number
  mainCpuUs: number
  /** Time in which the main thread was ready to run and another one had its CPU. */
  mainWaitUs: number
}

/**
 * The times of a process, or null where they cannot be read (no /proc, or it is gone). `schedstat` counts
 * nanoseconds; `stat` would count 10 ms ticks. Every thread matters: WebCrypto works on libuv's pool, so the event
 * loop alone would make token verification look free.
 */
export function processTimes(pid: number): ProcessTimes | null {
  try {
    const times = { cpuUs: 0, mainCpuUs: 0, mainWaitUs: 0 }
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const schedstat = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1')
      const [onCpuNs = 0, waitingNs = 0] = schedstat.split(' ', 2).map(Number)
      times.cpuUs += onCpuNs / 1_000
      if (task !== String(pid)) continue
      times.mainCpuUs = onCpuNs / 1_000
      times.mainWaitUs = waitingNs / 1_000
    }
    return times
  } catch {
    return null
  }
}

/** CPU time of all threads of a process in µs, or null where it cannot be read. */
export function processCpuUs(pid: number): number | null {
  return processTimes(pid)?.cpuUs ?? null
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
