/**
 * Which CPUs each process gets. The replicas are to be what saturates, so nothing else may run on their cores:
 * proxy, Redis, generator and harness share what the replicas leave.
 */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { Placement } from '../record/types.ts'
import { onPath } from './tools/path.ts'
import { type Failure, run } from './tools/run.ts'

/**
 * Lays a fleet out over the CPUs that this process may use: replicas from the front, shared tiers at the end.
 * - N + 3 CPUs or more: each replica has one, and so have proxy, Redis and each generator process, as far as they go
 * - N + 1 or N + 2: each replica has one, the shared tiers share the rest
 * - fewer: the shared tiers keep one, the replicas share the others
 */
export function place(
  cpus: readonly number[],
  replicas: number,
  method: 'taskset' | 'none',
  generators = 1,
): Placement {
  const cores = cpus.length
  const facts = { method, cores, maxExclusiveReplicas: Math.max(cores - 1, 0) }
  const slots = (cpusOf: (slot: number) => readonly number[]) =>
    Array.from({ length: replicas }, (_, slot) => [...cpusOf(slot)])
  if (method === 'none' || cores < 2)
    return { ...facts, replicaCpus: slots(() => cpus), sharedCpus: together(cpus) }
  if (cores <= replicas) {
    return { ...facts, replicaCpus: slots(() => cpus.slice(0, -1)), sharedCpus: together(cpus.slice(-1)) }
  }
  const replicaCpus = slots((slot) => cpus.slice(slot, slot + 1))
  const left = cpus.slice(Math.max(replicas, cores - 2 - generators))
  if (left.length < 3) return { ...facts, replicaCpus, sharedCpus: together(cpus.slice(replicas)) }
  const sharedCpus = { generator: left.slice(0, -2), proxy: left.slice(-2, -1), redis: left.slice(-1) }
  return { ...facts, replicaCpus, sharedCpus }
}

function together(cpus: readonly number[]): Placement['sharedCpus'] {
  return { redis: [...cpus], proxy: [...cpus], generator: [...cpus] }
}

/** CPUs that this process may use, which in a container or under taskset are fewer than the machine has. */
export function allowedCpus(): number[] {
  if (process.platform !== 'linux') return os.cpus().map((_, cpu) => cpu)
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return parseCpuList(list)
}

/** "0-2,5" -> [0, 1, 2, 5] */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?]
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}

/** How processes can be pinned on this system. */
export function placementMethod(): 'taskset' | 'none' {
  return process.platform === 'linux' && onPath('taskset') !== undefined ? 'taskset' : 'none'
}

/** Moves all threads of the harness itself, and with it what it starts without a place of its own. */
export async function pinHarness(cpus: readonly number[]): Promise<void> {
  if (placementMethod() === 'none') return
  const args = ['--all-tasks', '--cpu-list', '--pid', cpus.join(','), String(process.pid)]
  await run('taskset', args).catch((error: Failure) => {
    // A thread that ended while they were counted needs no place.
    if (!/No such process/.test(error.stderr ?? '')) throw error
  })
}
