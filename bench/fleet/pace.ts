/** How fast the CPUs of a machine are while something is measured on them. */
import { mean, sum } from '../stats/sums.ts'

/** What a process has done since it started, and the CPU time that it took for it. */
export interface Work {
  requests: number
  cpuUs: number
}

/** A small server that asks itself, always with the same quota: what it gets done says how fast its CPU is. */
export interface Pacer {
  pid: number
  cpu: number
  /** Null where it does not answer. */
  work(): Promise<Work | null>
}

/**
 * How fast the CPUs of the replicas were: requests that the pacers there got done in a second of their own CPU time, as
 * a mean over the replicas. It says nothing of how much CPU time anybody was granted, only of what a second was worth.
 *
 * @param replicaCpus CPUs of each replica
 * @returns null where one of these CPUs has no pacer, or one that did not answer
 */
export function paceBetween(
  from: ReadonlyMap<number, Work | null>,
  to: ReadonlyMap<number, Work | null>,
  replicaCpus: readonly (readonly number[])[],
): number | null {
  const paces = replicaCpus.map((cpus) => {
    const work = cpus.map((cpu) => [from.get(cpu), to.get(cpu)] as const)
    const requests = sum(work.map(([a, b]) => (a && b ? b.requests - a.requests : Number.NaN)))
    const cpuUs = sum(work.map(([a, b]) => (a && b ? b.cpuUs - a.cpuUs : Number.NaN)))
    return (requests / cpuUs) * 1e6
  })
  const pace = mean(paces)
  return pace > 0 && Number.isFinite(pace) ? pace : null
}
