/** Logins and refreshes beside the reads of a plan: what they take of each tier, and what they leave behind. Pure. */
import type { Evidence } from './evidence.ts'
import { exactly, plus, type Range, scaled } from './range.ts'
import type { PlanRequest } from './request.ts'
import { costAt, type Issue, type TierCost } from './tier-cost.ts'
import { withWork } from './work.ts'

/** @returns logins and refreshes a second */
function issuedPerSec({ issuing }: Evidence, request: PlanRequest): { logins: number; refreshes: number } {
  const { loginsPerSec, users, tokenTtlSec } = request
  // Each user who is there renews his token whenever it ends.
  return { logins: loginsPerSec, refreshes: issuing.refresh ? users / tokenTtlSec : 0 }
}

/** Sessions that are stored at a time: those of users who are there, or all that have not run out since their login. */
export function storedSessions({ users, loginsPerSec, sessionTtlSec }: PlanRequest): number {
  return Math.max(users, loginsPerSec * sessionTtlSec)
}

/**
 * The evidence with as much more CPU in each request as logins and refreshes take for each of them: the same share of every core is
 * busy. What a read waits for grows by as much.
 *
 * @returns why that cannot be said, with what measures it
 */
export function withIssuing(evidence: Evidence, request: PlanRequest): Evidence | string {
  const { scheme, issuing, redis } = evidence
  const { logins, refreshes } = issuedPerSec(evidence, request)
  if (logins + refreshes === 0) return evidence
  if (logins > 0 && !issuing.login)
    return (
      `the run does not say what a login costs ${scheme}: npm run bench -- --only cost,latency,users,login ` +
      '--trials 5 measures it, or leave out --logins-per-sec'
    )
  const each = (tier: keyof Issue): Range => {
    const parts = [
      issuing.login ? scaled(issuing.login[tier], logins) : exactly(0),
      issuing.refresh ? scaled(issuing.refresh[tier], refreshes) : exactly(0),
    ]
    return scaled(parts.reduce(plus), 1 / request.rps)
  }
  const grown = (cost: TierCost, by: Range): TierCost => ({
    points: cost.points.map(({ perSec, us }) => ({ perSec, us: plus(us, by) })),
    marginal: cost.marginal && plus(cost.marginal, by),
  })
  const timesAt = (perSec: number) => 1 + each('replicas').value / costAt(evidence.replica, perSec).value
  return {
    ...evidence,
    ladder: withWork(evidence.ladder, evidence.replica, timesAt),
    replica: grown(evidence.replica, each('replicas')),
    redis: redis && grown(redis, each('redis')),
    proxy: grown(evidence.proxy, each('proxy')),
  }
}

/** Cores that hash passwords and do nothing else, with the headroom; null where nobody logs in. */
export function hashingCores({ issuing }: Evidence, { loginsPerSec, headroom }: PlanRequest): Range | null {
  if (loginsPerSec === 0 || !issuing.hashUs) return null
  return scaled(issuing.hashUs, loginsPerSec / 1e6 / (1 - headroom))
}
