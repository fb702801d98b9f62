/** The scale model on this machine: which processes of a trial's fleet are limited, and what runs beside them. */
import { AuthscaleError } from '../../errors.ts'
import type { Quotas } from '../../record/types.ts'
import type { RunningFleet } from '../fleet.ts'
import { type RunningPacer, startBeside } from '../quota/ballast.ts'
import { openQuotas, type QuotaGroups, quotaUs } from '../quota/quota.ts'
import { STEADY_HEAP } from '../tools/runtime.ts'
import type { Ground } from './ground.ts'

/** @throws AuthscaleError NO_QUOTAS */
export function openQuotasFor({ quotas, folder }: Ground): QuotaGroups {
  const { ground, problem } = quotas()
  if (ground) return openQuotas(ground, folder.nonce)
  throw new AuthscaleError('NO_QUOTAS', `${problem}; npm run doctor says what would help`)
}

type Pids = Pick<RunningFleet, 'replicas' | 'redis' | 'proxy'>

/** @throws AuthscaleError QUOTA_UNSEEN for a part whose process is not on this machine or not told; QUOTA_TOO_SMALL */
export function limitsOf(quotas: Quotas, { replicas, redis, proxy }: Pids) {
  const parts = [
    ...replicas.map(({ id, pid }) => ({ name: id, pid, cores: quotas.replicaCores })),
    ...(redis ? [{ name: 'redis', pid: redis.pid, cores: quotas.redisCores }] : []),
    { name: 'proxy', pid: proxy.pid, cores: quotas.proxyCores },
  ]
  return parts.map(({ name, pid, cores }) => {
    quotaUs(name, cores)
    if (pid === null) {
      const advice = 'unset REDIS_URL, or install it on this machine'
      throw new AuthscaleError(
        'QUOTA_UNSEEN',
        `the process of ${name} cannot be seen, so it cannot be limited: ${advice}`,
      )
    }
    return { name, pid, cores }
  })
}

/** What runs beside a fleet under quotas, one process of each kind on each CPU. */
export interface Beside {
  ballast: readonly RunningPacer[]
  pacers: readonly RunningPacer[]
  /** Sets them to work, each under its quota: pacers have that of Redis, which is the same in every arm. */
  limit(groups: QuotaGroups, quotas: Quotas): void
  stop(): Promise<void>
}

/**
 * One process of ballast on each CPU: of more with less each, every one would find the caches cold that it left warm.
 *
 * @throws AuthscaleError SPAWN_FAILED; then none of it runs
 */
export async function startBesideFor({ runtime, build, cpus, folder }: Ground): Promise<Beside> {
  const start = (name: 'ballast' | 'pacer') =>
    startBeside({
      name,
      command: [runtime.command, ...STEADY_HEAP, build.ballast, String(CONNECTIONS[name])],
      cpus,
      onPid: (pid) => folder.record(pid, name),
    })
  const ballast = await start('ballast')
  const stop = (all: readonly RunningPacer[]) => Promise.all(all.map((one) => one.stop()))
  const pacers = await start('pacer').catch(async (error) => {
    await stop(ballast)
    throw error
  })
  return {
    ballast,
    pacers,
    limit(groups, { ballastCores, redisCores }) {
      const each = Math.max(ballastCores / ballast.length, LEAST_BALLAST_CORES)
      for (const [i, { pid }] of ballast.entries()) groups.limit(`ballast${i + 1}`, pid, each, true)
      for (const [i, { pid }] of pacers.entries()) groups.limit(`pacer${i + 1}`, pid, redisCores)
      for (const one of [...ballast, ...pacers]) one.go()
    },
    stop: async () => {
      await stop([...ballast, ...pacers])
    },
  }
}

/**
 * Many requests pile up at ballast while its quota is spent, as they do at a replica. At a pacer few do: they end
 * together, and whether a window holds one such end more or less must not be seen in what it counts.
 */
const CONNECTIONS = { ballast: 64, pacer: 4 }

/** The kernel grants no less, so a hundredth of a core on each CPU is left of ballast where it stands for nothing. */
const LEAST_BALLAST_CORES = 0.01
