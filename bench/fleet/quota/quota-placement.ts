/** Which CPUs a fleet under quotas may use, so that each of its processes gets all that its quota allows. */
import { AuthscaleError } from '../../errors.ts'
import type { Placement, Quotas } from '../../record/types.ts'

/** A CPU for each of so many processes, by turns. */
function onePerProcess(processes: number, cpus: readonly number[]): number[] {
  return Array.from({ length: processes }, (_, i) => cpus.slice(i % cpus.length)[0] ?? 0)
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
  if (cores > cpus.length) throw tooLarge(cores, cpus.length)
  const left = cpus.filter((cpu) => !generator.includes(cpu))
  const limited = cores <= left.length ? left : [...cpus]
  return {
    ...placement,
    replicaCpus:
      quotas.replicaCores > 1
        ? placement.replicaCpus.map(() => [...limited])
        : onePerProcess(replicas, limited).map((cpu) => [cpu]),
    sharedCpus: { redis: [...limited], proxy: [...limited], generator: [...generator] },
  }
}

function tooLarge(wanted: number, cores: number): AuthscaleError {
  const sum = Number(wanted.toFixed(2))
  return new AuthscaleError(
    'QUOTAS_TOO_LARGE',
    `the quotas add up to ${sum} cores and ${cores} can be used: lower them, or start fewer replicas`,
  )
}
