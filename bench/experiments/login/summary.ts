/** What hashing passwords takes of a login, and what is then left for the choice of a scheme. */
import { union } from '../../figures/comparisons.ts'
import { estimate, servingCpuUs } from '../../figures/metrics.ts'
import { type ArmRecords, byBlock } from '../../figures/records.ts'
import { ratios } from '../../stats/paired.ts'
import type { Summary } from './schema.ts'

const cpu = (records: ArmRecords) => byBlock(records, servingCpuUs)

/** One for each scheme that was measured with hashing. */
export function hashedLogins(all: readonly ArmRecords[]): Summary['hashedLogins'] {
  const logins = all.filter(({ arm }) => arm.experiment === 'login')
  return logins.flatMap((hashed) => {
    if (hashed.arm.settings.passwordHash !== 'scrypt') return []
    const cpuUs = estimate([...cpu(hashed).values()], 'µs/login', hashed)
    const plain = logins.find(({ arm }) => arm.id === hashed.arm.comparedWith)
    const shares = plain ? ratios(cpu(plain), cpu(hashed)).map((rest) => 1 - rest) : []
    const context = { warnings: union(plain ? [hashed, plain] : [hashed]) }
    return cpuUs ? [{ scheme: hashed.arm.scheme, cpuUs, hashShare: estimate(shares, 'ratio', context) }] : []
  })
}
