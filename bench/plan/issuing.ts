/** What a login and a refresh take, by what runs measured of them. Pure. */
import type { SchemeName } from '../../servers/scheme.ts'
import type { MeasuredSummary } from '../experiments/reports.ts'
import { ROLES } from '../experiments/roles.ts'
import { armsIn } from '../figures/records.ts'
import type { ServingTier } from '../record/tiers.ts'
import type { Arm, Estimate, Run, TrialResult } from '../record/types.ts'
import { isKin } from './kin.ts'
import { exactly, type Range, rangeOf, times } from './range.ts'
import type { Issue } from './tier-cost.ts'

export interface Issuing {
  login: Issue | null
  refresh: Issue | null
  hashUs: Range | null
  /** Another run of the machine that measured them; absent: this one. */
  from?: string
}

interface Recorded {
  run: Run
  results: readonly TrialResult[]
}

/** As much of a run as tells of logins and refreshes. */
export function issuingPart({ run, results }: Recorded): Recorded {
  const counts = ({ load, experiment }: Arm) =>
    load.loop === 'closed' && (experiment === ROLES.login || load.requests === 'refresh')
  return {
    run: { ...run, plan: run.plan.filter(({ arm }) => counts(arm)) },
    results: results.filter(({ trial }) => counts(trial.arm)),
  }
}

/** What these lack, from another run of the machine. */
export function filledIssuing(own: Issuing, other: Issuing, from: string): Issuing {
  const login = own.login ?? other.login
  const refresh = own.refresh ?? other.refresh
  const hashUs = own.hashUs ?? other.hashUs
  const isSame = login === own.login && refresh === own.refresh && hashUs === own.hashUs
  return isSame ? own : { login, refresh, hashUs, from }
}

/** A login of the scheme, else of one that keeps its state in the same place; a hash takes the same whatever is issued after it. */
export function issuingOf(
  { arms, refresh, hashedLogins }: Pick<MeasuredSummary, 'arms' | 'refresh' | 'hashedLogins'>,
  scheme: SchemeName,
): Issuing {
  const logins = armsIn(arms, ROLES.login).filter(({ arm }) => arm.variant === null && !arm.twin)
  const own =
    logins.find(({ arm }) => arm.scheme === scheme) ?? logins.find(({ arm }) => isKin(arm.scheme, scheme))
  const renewed = refresh.find((entry) => entry.scheme === scheme)
  const [hashed] = hashedLogins
  const tiers = (of: (tier: ServingTier) => Estimate | null | undefined): Issue | null => {
    const [replicas, redis, proxy] = (['replicas', 'redis', 'proxy'] as const).map((tier) => of(tier))
    return replicas && proxy
      ? { replicas: rangeOf(replicas), redis: redis ? rangeOf(redis) : exactly(0), proxy: rangeOf(proxy) }
      : null
  }
  return {
    login: own ? tiers((tier) => own.metrics[`cpuUsPerRequest.${tier}`]) : null,
    refresh: renewed ? tiers((tier) => renewed.cpuUs[tier]) : null,
    hashUs: hashed?.hashShare ? times(rangeOf(hashed.cpuUs), rangeOf(hashed.hashShare)) : null,
  }
}
