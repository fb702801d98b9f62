/** What hashing passwords takes of a login, and what is then left for the choice of a scheme. */
import { union } from '../../figures/comparisons.ts'
import { estimate, estimateOf, servingCpuUs } from '../../figures/metrics.ts'
import { type ArmRecords, armsIn, byBlock } from '../../figures/records.ts'
import { ratios } from '../../stats/paired.ts'
import type { Summary } from './schema.ts'

const cpu = (records: ArmRecords) => byBlock(records, servingCpuUs)

/** One for each scheme that was measured with hashing. */
export function hashedLogins(all: readonly ArmRecords[]): Summary['hashedLogins'] {
  const logins = armsIn(all, 'login')
  return logins.flatMap((hashed) => {
    if (hashed.arm.settings.passwordHash !== 'scrypt') return []
    const cpuUs = estimateOf(hashed, servingCpuUs, 'µs/login')
    const plain = logins.filter(({ arm }) => arm.id === hashed.arm.comparedWith)
    const shares = plain.flatMap((one) => ratios(cpu(one), cpu(hashed)).map((rest) => 1 - rest))
    const hashShare = estimate(shares, 'ratio', { warnings: union([hashed, ...plain]) })
    return cpuUs ? [{ scheme: hashed.arm.scheme, cpuUs, hashShare }] : []
  })
}
