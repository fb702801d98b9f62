/** How much CPU other programs, here or on the same host, took while a proof was carried out. */
import { readFileSync } from 'node:fs'
import { hostTimes } from '../probe/proc.ts'

const TICK_US = 10_000

/** If other programs take more than this share of the machine, a proof of milliseconds says nothing. */
export const DISTURBED_SHARE = 0.05

/** Begins to count; what it returns gives the foreign busy cores since then, null where they cannot be read. */
export function watchOthers(): () => number | null {
  const from = read()
  return () => {
    const to = read()
    if (!from || !to) return null
    const foreignUs = to.takenUs - from.takenUs - (to.ownUs - from.ownUs)
    // Ticks of 10 ms on both sides: a quiet machine can come out a hair below zero.
    return Math.max(0, foreignUs / (to.atUs - from.atUs))
  }
}

function read() {
  const host = hostTimes()
  if (!host) return null
  const ownUs = parseOwnUs(readFileSync('/proc/self/stat', 'latin1'))
  // Taken with what the hypervisor gave to others.
  return { atUs: performance.now() * 1_000, takenUs: host.busyUs + host.stealUs, ownUs }
}

/**
 * CPU time of a process and of all its children that have ended; proofs end all of theirs. utime, stime, cutime and
 * cstime: fields 14 to 17 by proc(5), counted after the name, which may hold anything.
 */
export function parseOwnUs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_US
}
