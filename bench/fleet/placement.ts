/**
 * Which CPUs each process gets. The replicas are to be what saturates, so nothing else may run on their cores:
 * proxy, Redis, generator and harness share what the replicas leave.
 */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { AuthscaleError } from '../errors.ts'
import { parseCpuList } from '../host/tree.ts'
import type { Placement, Quotas } from '../record/types.ts'
import { onPath } from './tools/path.ts'
import { type Failure, run } from './tools/run.ts'

/**
 * Lays a fleet out over the cores that this process may use: replicas from the front, shared tiers at the end.
 * - N + 3 cores or more: each replica has one, and so have proxy, Redis and each generator process, as far as they go
 * - N + 1 or N + 2: each replica has one, the shared tiers share the rest
 * - fewer: the shared tiers keep one, the replicas share the others
 *
 * Two SMT threads of a core slow each other down, so that who has a core of its own runs on its first thread and
 * the others rest; those who share cores have all threads of these. On a single core each thread counts as one, since
 * there is no other way, and no replica has a core of its own.
 *
 * @param cores the same CPUs by the core that they are threads of; by default each is one
 */
export function place(
  cpus: readonly number[],
  replicas: number,
  method: 'taskset' | 'none',
  generators = 1,
  cores: readonly (readonly number[])[] = cpus.map((cpu) => [cpu]),
): Placement {
  const facts = { method, cores: cpus.length, maxExclusiveReplicas: Math.max(cores.length - 1, 0) }
  const slots = (cpusOf: (slot: number) => readonly number[]) =>
    Array.from({ length: replicas }, (_, slot) => [...cpusOf(slot)])
  if (method === 'none' || cpus.length < 2)
    return { ...facts, replicaCpus: slots(() => cpus), sharedCpus: together(cpus) }
  const units = cores.length < 2 ? cpus.map((cpu) => [cpu]) : cores
  if (units.length <= replicas) {
    const [shared, others] = [units.slice(-1).flat(), units.slice(0, -1).flat()]
    return { ...facts, replicaCpus: slots(() => others), sharedCpus: together(shared) }
  }
  const firsts = units.flatMap(([first]) => first ?? [])
  const replicaCpus = slots((slot) => firsts.slice(slot, slot + 1))
  const left = firsts.slice(Math.max(replicas, units.length - 2 - generators))
  if (left.length < 3) return { ...facts, replicaCpus, sharedCpus: together(units.slice(replicas).flat()) }
  const sharedCpus = { generator: left.slice(0, -2), proxy: left.slice(-2, -1), redis: left.slice(-1) }
  return { ...facts, replicaCpus, sharedCpus }
}

function together(cpus: readonly number[]): Placement['sharedCpus'] {
  return { redis: [...cpus], proxy: [...cpus], generator: [...cpus] }
}

/**
 * A replica under a quota needs no core of its own: what it gets is decided by the quota. The generator keeps the CPUs
 * that it has without quotas. The others stay away from these if their quotas fit into what is left; else they may
 * use all CPUs, since fewer than the quotas add up to cannot grant them. On two cores, with eight replicas and Redis at
 * 10 %, the proxy at 30 % and a generator at 65 %, all got their quotas within 3 % on both cores; on the first alone
 * there is 1 core for 1.2. Each replica stays on one of the CPUs, as one with a core of its own does: its thread pool
 * would else spread over an idle neighbour, and a request took 1.4 times the CPU in a fleet of one (jwt-hs256) that it
 * took in a fleet of eight. Redis counts even where a scheme has none, so that all schemes lie alike.
 * @throws AuthscaleError QUOTAS_TOO_LARGE when they do not fit on this machine at all
 */
export function placeUnderQuotas(placement: Placement, cpus: readonly number[], quotas: Quotas): Placement {
  const { generator } = placement.sharedCpus
  const replicas = placement.replicaCpus.length
  const cores = replicas * quotas.replicaCores + quotas.redisCores + quotas.proxyCores + quotas.ballastCores
  if (cores > cpus.length) {
    const problem = `the quotas add up to ${Number(cores.toFixed(2))} cores and ${cpus.length} can be used`
    throw new AuthscaleError('QUOTAS_TOO_LARGE', `${problem}: lower them, or start fewer replicas`)
  }
  const left = cpus.filter((cpu) => !generator.includes(cpu))
  const limited = cores <= left.length ? left : cpus
  const byTurns = placement.replicaCpus.map((_, slot) =>
    limited.filter((_, i) => quotas.replicaCores > 1 || i === slot % limited.length),
  )
  return {
    ...placement,
    replicaCpus: byTurns,
    sharedCpus: { ...together(limited), generator: [...generator] },
  }
}

/** CPUs that this process may use, which in a container or under taskset are fewer than the machine has. */
export function allowedCpus(): number[] {
  if (process.platform !== 'linux') return os.cpus().map((_, cpu) => cpu)
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return parseCpuList(list)
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
