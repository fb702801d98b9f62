/** The scale model on this machine: which processes of a trial's fleet are limited, and the ballast beside them. */
import { AuthscaleError } from '../errors.ts'
import type { Quotas, RunningFleet } from '../types.ts'
import { startBallast } from './ballast.ts'
import type { Ground } from './local-trial.ts'
import { openQuotas, type QuotaGroups, quotaUs } from './quota.ts'
import { onePerProcess } from './quota-placement.ts'

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

/** As many processes as have a replica's share each, spread over all CPUs, as the replicas are that they stand for. */
export function startBallastFor(
  { runtime, build, cpus, folder }: Ground,
  { ballastCores, replicaCores }: Quotas,
  groups: QuotaGroups,
) {
  const processes = Math.ceil(ballastCores / replicaCores)
  let count = 0
  return startBallast({
    command: [runtime.command, build.ballast],
    cpus: onePerProcess(processes, cpus),
    onPid(pid) {
      folder.record(pid, 'ballast')
      groups.limit(`ballast${++count}`, pid, ballastCores / processes)
    },
  })
}
