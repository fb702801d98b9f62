/** The scale model on this machine: which processes of a trial's fleet are limited, and what runs beside them. */
import { AuthscaleError } from '../../errors.ts'
import type { Quotas } from '../../record/types.ts'
import type { RunningFleet } from '../fleet.ts'
import type { Undo } from '../processes/undo.ts'
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
    if (pid !== null) return { name, pid, cores }
    const advice = 'unset REDIS_URL, or install it on this machine'
    const message = `the process of ${name} cannot be seen, so it cannot be limited: ${advice}`
    throw new AuthscaleError('QUOTA_UNSEEN', message)
  })
}

/** What runs beside a fleet under quotas, one process of each kind on each CPU. */
export interface Beside {
  ballast: readonly RunningPacer[]
  pacers: readonly RunningPacer[]
  /** Sets them to work, each under its quota: pacers have that of Redis, which is the same in every arm. */
  limit(groups: QuotaGroups, quotas: Quotas): void
}

/**
 * One process of ballast on each CPU: of more with less each, every one would find the caches cold that it left warm.
 * Added to `undo` as soon as it runs.
 *
 * @throws AuthscaleError SPAWN_FAILED
 */
export async function startBesideFor({ runtime, build, cpus, folder }: Ground, undo: Undo): Promise<Beside> {
  const start = async (name: 'ballast' | 'pacer') => {
    const command = [runtime.command, ...STEADY_HEAP, build.ballast, String(CONNECTIONS[name])]
    const all = await startBeside({ name, command, cpus, onPid: (pid) => folder.record(pid, name) })
    undo.add(() => Promise.all(all.map((one) => one.stop())))
    return all
  }
  const ballast = await start('ballast')
  const pacers = await start('pacer')
  return {
    ballast,
    pacers,
    limit(groups, { ballastCores, redisCores }) {
      const each = Math.max(ballastCores / ballast.length, LEAST_BALLAST_CORES)
      for (const [i, { pid }] of ballast.entries()) groups.limit(`ballast${i + 1}`, pid, each, true)
      for (const [i, { pid }] of pacers.entries()) groups.limit(`pacer${i + 1}`, pid, redisCores)
      for (const one of [...ballast, ...pacers]) one.go()
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
