/** The scale model on this machine: which processes of a trial's fleet are limited, and the ballast beside them. */
import { AuthscaleError } from '../errors.ts'
import type { Quotas, RunningFleet } from '../types.ts'
import { startBallast } from './ballast.ts'
import type { Ground } from './local-trial.ts'
import { openQuotas, type QuotaGroups, quotaUs } from './quota.ts'

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
        `the process of ${name} cannot be seen to be limited: ${advice}`,
      )
    }
    return { name, pid, cores }
  })
}

/** One process on each CPU: of more with less each, every one would find the caches cold that it left warm. */
export function startBallastFor(
  { runtime, build, cpus, folder }: Ground,
  quotas: Quotas,
  groups: QuotaGroups,
) {
  const pids: number[] = []
  return startBallast({
    command: [runtime.command, build.ballast],
    cpus,
    onPid(pid) {
      folder.record(pid, 'ballast')
      pids.push(pid)
      groups.limit(`ballast${pids.length}`, pid, ballastShare(quotas, cpus.length), true)
    },
  })
}

/** @param pids in the order in which they were started */
export function limitBallast(groups: QuotaGroups, quotas: Quotas, pids: readonly number[]): void {
  for (const [i, pid] of pids.entries())
    groups.limit(`ballast${i + 1}`, pid, ballastShare(quotas, pids.length), true)
}

/** The kernel grants no less, so a hundredth of a core on each CPU is left of it where it stands for nothing. */
const LEAST_BALLAST_CORES = 0.01

const ballastShare = ({ ballastCores }: Quotas, processes: number) =>
  Math.max(ballastCores / processes, LEAST_BALLAST_CORES)
