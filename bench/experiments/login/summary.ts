/** What hashing passwords takes of a login, and what is then left for the choice of a scheme. */

import { union } from '../../figures/comparisons.ts'
import { estimate, servingCpuUs } from '../../figures/metrics.ts'
import { type ArmRecords, byBlock } from '../../figures/records.ts'
import type { Summary } from '../../report/schema.ts'
import { ratios } from '../../stats/compare.ts'
import { figure } from '../../words/format.ts'
import { markdownTable } from '../../words/tables.ts'
import { hashShare, loginTable } from '../../words/visit-tables.ts'

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

/** Below this share of a hashed login nobody would notice the rest. */
const NEXT_TO_NOTHING = 0.01

/** Nothing without the experiment. */
export function loginSection(summary: Summary): (string | null)[] {
  const table = loginTable(summary)
  return table.rows.length === 0 ? [] : ['## Logins', finding(summary), markdownTable(table), NOTE]
}

const NOTE =
  'Each connection logs its next user in as soon as the reply came. Hashed passwords are derived by scrypt (N = 2^15, ' +
  'r = 8, p = 3), in the thread pool and on the same core as everything else of the replica; the others are compared. ' +
  'A sample of what was issued was tried afterwards, and named the right user.'

/** What the choice of a scheme changes about a login: the dearest issuing against the cheapest hashed login. */
function finding({ hashedLogins: hashed, arms }: Summary): string | null {
  const shares = hashed.flatMap(({ hashShare }) => hashShare?.lo ?? [])
  const taxes = arms.flatMap(({ arm, authTaxUs }) =>
    arm.experiment === 'login' && arm.variant === null && authTaxUs
      ? [{ scheme: arm.scheme, us: authTaxUs.estimate.hi }]
      : [],
  )
  if (shares.length === 0 || taxes.length === 0) return null
  const dearest = taxes.reduce((a, b) => (b.us > a.us ? b : a))
  const least = Math.min(...hashed.map(({ cpuUs }) => cpuUs.lo))
  const most = dearest.us / least
  const verdict =
    most < NEXT_TO_NOTHING
      ? 'whichever is chosen, a login costs the same'
      : 'that is what the choice between them can change'
  return (
    `Where passwords are hashed as they should be, the hash is at least ${hashShare(Math.min(...shares))} % of a login’s ` +
    `CPU. What a scheme adds by issuing its session or token is at most ${figure(100 * most)} % of it ` +
    `(${dearest.scheme}): ${verdict}.`
  )
}
