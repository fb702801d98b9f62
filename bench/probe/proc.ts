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

/** The most memory that a process ever had resident, `VmHWM` of proc_pid_status(5); null where it cannot be read. */
export function peakRssBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return kilobytes === undefined ? null : 1_024 * Number(kilobytes)
  } catch {
    return null
  }
}

/** CPU time of all threads of a process in µs, or null where it cannot be read. */
export function processCpuUs(pid: number): number | null {
  return processTimes(pid)?.cpuUs ?? null
}

export interface HostTimes {
  /** Time in which cores were neither idle nor the hypervisor's, in µs; its beginning means nothing. */
  busyUs: number
  /** Time that the hypervisor gave to others although we wanted to run, in µs since boot. */
  stealUs: number
  /** All time of all cores, in µs; its beginning means nothing. */
  totalUs: number
}

/** User-visible clock ticks of /proc/stat; fixed by the kernel's ABI on every Linux that Node supports. */
const TICK_US = 10_000

/** The machine's times until now, or null where there is no /proc/stat. */
export function hostTimes(): HostTimes | null {
  try {
    return parseHostTimes(readFileSync('/proc/stat', 'latin1'), performance.now() * 1_000)
  } catch {
    return null
  }
}

/**
 * Busy is what is left of the time that passed, since the kernel measures idle time and only samples the rest: who runs
 * when the tick comes is given the whole tick. Quotas are granted anew in step with the tick, so sampled time is too
 * long under them: by 0.07 cores of 1.4 on two cores, where what all threads themselves had used was 1.35 and what was
 * not idle 1.37.
 *
 * @param stat columns by proc(5): user nice system idle iowait irq softirq steal; a line for each core follows
 * @param atUs when it was read, by any clock that goes steadily
 */
export function parseHostTimes(stat: string, atUs: number): HostTimes {
  const [all = '', ...lines] = stat.split('\n')
  const [, , , , idle = 0, iowait = 0, , , steal = 0] = all.split(/\s+/).map(Number)
  const cores = lines.filter((line) => /^cpu\d/.test(line)).length
  const totalUs = cores * atUs
  return { busyUs: totalUs - (idle + iowait + steal) * TICK_US, stealUs: steal * TICK_US, totalUs }
}
