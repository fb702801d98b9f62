/** How memory grows with logged-in users. */
import { type Comparison, inFamily, union } from '../../figures/comparisons.ts'
import { estimate, redisGrowthBytes, replicaGrowthBytes } from '../../figures/metrics.ts'
import { type ArmRecords, armsIn, isControl } from '../../figures/records.ts'
import { bytesPerUser, type GrowthOf, LEAST_STATE_BYTES } from '../../figures/slopes.ts'
import { groupedBy } from '../../stats/groups.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { evidenceOfDifferences, ownError } from '../../stats/paired.ts'
import type { Summary } from './schema.ts'

/**
 * Bytes a logged-in user, by scheme. What logins *added* is fitted, not what is there after them, so that neither
 * the server's own size nor that of its user directory is put down to the scheme. Growth counts as detected when
 * it exceeds what the control, which remembers nobody, seems to grow by, and is enough to hold anything at all.
 */
export function memoryPerUser(all: readonly ArmRecords[]): Summary['memoryPerUser'] {
  const measured = armsIn(all, 'users').filter(({ arm }) => !arm.twin)
  const schemes = [...groupedBy(measured, ({ arm }) => arm.scheme)]
  const controls = measured.filter(({ arm }) => isControl(arm))
  const control = bytesPerUser(controls, replicaGrowthBytes)
  const error = control.length > 0 ? ownError(medianInterval(control), 0) : 0
  const replica = inFamily(schemes.map(([, levels]) => growth(levels, replicaGrowthBytes)))
  const redis = inFamily(schemes.map(([, levels]) => growth(levels, redisGrowthBytes)))
  return schemes.flatMap(([scheme], i) => {
    const replicaBytes = grown(replica[i], error)
    return replicaBytes ? [{ scheme, replicaBytes, redisBytes: grown(redis[i], 0) }] : []
  })
}

function growth(levels: readonly ArmRecords[], of: GrowthOf) {
  const values = bytesPerUser(levels, of)
  const bytes = estimate(values, 'bytes/user', { warnings: union(levels) })
  return bytes && { bytes, ...evidenceOfDifferences(values) }
}

/** A slope over 100,000 users rests on far more than its few blocks, so that two of them suffice, whatever p. */
function grown(found: ReturnType<typeof growth> | undefined, error: number): Comparison | null {
  if (!found) return null
  const { bytes, p, detectable } = found
  const least = Math.max(error, LEAST_STATE_BYTES)
  return {
    estimate: bytes,
    detected: bytes.n >= 2 && bytes.lo > 0 && bytes.value > least,
    p,
    detectable: detectable === null ? null : Math.max(detectable, least),
  }
}
