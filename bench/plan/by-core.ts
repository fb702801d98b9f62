/**
 * What a core carries, as sizing guides say it: so many logins and so many refreshes a second for each. Pure.
 *
 * Beside it stand the figures of the most complete guide that is published: Keycloak, "Concepts for sizing CPU and memory
 * resources" (release 26, High Availability guide).
 */
import { figure, withRange } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import type { Evidence } from './evidence.ts'
import { exactly, over, plus, type Range } from './range.ts'
import type { Issue } from './tier-cost.ts'

/** A second, for a core that does nothing else and is busy all the time; null where that was not measured. */
export interface ByCore {
  /** With the hash of a password. */
  passwordLogins: Range | null
  /** Without it: what is issued. */
  logins: Range | null
  refreshes: Range | null
}

const KEYCLOAK: Record<keyof ByCore, number | null> = { passwordLogins: 15, logins: null, refreshes: 120 }
/** Beyond what the average takes. */
const KEYCLOAK_HEADROOM = 1.5

export function byCoreOf({ issuing: { login, refresh, hashUs } }: Evidence): ByCore {
  const perSec = (us: Range | null) => us && over(exactly(1e6), us)
  const all = ({ replicas, redis, proxy }: Issue) => [replicas, redis, proxy].reduce(plus)
  return {
    passwordLogins: perSec(login && hashUs && plus(all(login), hashUs)),
    logins: perSec(login && all(login)),
    refreshes: perSec(refresh && all(refresh)),
  }
}

const LABELS: Record<keyof ByCore, string> = {
  passwordLogins: 'logins with a password',
  logins: 'logins, hash apart',
  refreshes: 'refreshes',
}
const WIDTHS = { label: 24, figure: 28 }

/** Lines for a terminal; empty where nothing of it was measured. */
export function byCoreText(carried: ByCore): string[] {
  const kinds = (Object.keys(LABELS) as (keyof ByCore)[]).filter((kind) => carried[kind] !== null)
  if (kinds.length === 0) return []
  const rows = kinds.map((kind) => {
    const own = carried[kind]
    const [mine, theirs] = [own ? `${withRange(own, figure)}/s` : '', KEYCLOAK[kind]]
    return `${LABELS[kind].padEnd(WIDTHS.label)}${mine.padEnd(WIDTHS.figure)}${theirs === null ? '' : `Keycloak ${theirs}/s`}`.trimEnd()
  })
  return ['By the core, busy all the time:', ...rows, wrap(WHY)]
}

const WHY =
  `Keycloak’s guide keeps ${100 * KEYCLOAK_HEADROOM} % beyond that for spikes, as --headroom 0.6 does here. Its server does more for each: it ` +
  'writes sessions to a database, fires events, and signs with RSA by default, where ours issue one session or token and keep nothing else. A login ' +
  'with a password is mostly its hash in both (here scrypt with N = 2^15, r = 8, p = 3), whose cost is the reader’s to choose.'
