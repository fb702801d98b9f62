/** How much of the reads each near cache answered. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { estimateOf } from '../../figures/metrics.ts'
import { hitShare } from '../../figures/near-cache.ts'
import { type ArmRecords, armsIn } from '../../figures/records.ts'
import { traits } from '../../traits.ts'
import type { Summary } from './schema.ts'

export function nearCaches(all: readonly ArmRecords[]): Summary['nearCaches'] {
  return armsIn(all, 'knobs').flatMap((records) => {
    const { id, scheme, users, load } = records.arm
    if (load.loop !== 'closed' || traits[scheme as SchemeName]?.boundedBy !== 'NEAR_CACHE_SEC') return []
    const share = estimateOf(records, hitShare, 'share')
    const popularityExponent = load.popularityExponent ?? null
    return share ? [{ arm: id, users, popularityExponent, hitShare: share }] : []
  })
}
