/** The scale model on this machine: which processes of a trial's fleet are limited. */
import { AuthscaleError } from '../../errors.ts'
import type { Quotas } from '../../record/types.ts'
import type { RunningFleet } from '../fleet.ts'
import { openQuotas, type QuotaGroups, quotaUs } from '../quota/quota.ts'
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
