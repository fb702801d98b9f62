/** The ledger: every claim, in the order in which it was fixed, and what a run finds about it. */
import { csrf, payloadReadable, xss } from './browser.ts'
import type { Claim, Facts } from './claim.ts'
import { largeSites, serverResources } from './cost.ts'
import { undecided } from './facts.ts'
import { smallSites } from './latency.ts'
import { storesEveryUser } from './memory.ts'
import { paseto } from './paseto.ts'
import { shortExpiry } from './refresh.ts'
import { multipleReplicas } from './refusals.ts'
import { notForSessions } from './revocation.ts'
import { cookiesScale, scalesBetter } from './scale.ts'
import type { ClaimFinding } from './schema.ts'
import { needsDatabase, noServerState } from './store.ts'
import { redisFaster } from './throughput.ts'
import { indexBySecret } from './timing.ts'
import { tls } from './tls.ts'

export const ledger: readonly Claim[] = [
  scalesBetter,
  serverResources,
  storesEveryUser,
  noServerState,
  smallSites,
  largeSites,
  cookiesScale,
  redisFaster,
  multipleReplicas,
  payloadReadable,
  xss,
  csrf,
  needsDatabase,
  notForSessions,
  shortExpiry,
  tls,
  paseto,
  indexBySecret,
]

/** What the run says about every claim; pure. Smoke windows are too short for any figure, so they decide nothing. */
export function judgeAll(facts: Facts): ClaimFinding[] {
  const isSmoke = facts.summary.profile === 'smoke'
  return ledger.map(({ thresholds: _, judge, ...fixed }) => {
    const found = isSmoke ? undecided('a smoke run decides nothing') : judge(facts)
    return { ...fixed, turnsAtPerSec: null, ...found }
  })
}
