/** The claim that tokens are no sessions, by what becomes of either after a logout. */
import { timeText } from '../experiments/revocation/section.ts'
import { logoutsOf } from '../experiments/revocation/summary.ts'
import { FEW_BLOCKS, type Interval } from '../stats/median-interval.ts'
import { code, list } from '../words/format.ts'
import { type Claim, comment, DENYLIST, type Entry, type Finding, MEMORY, SESSION, TOKEN } from './claim.ts'
import { undecided } from './facts.ts'
import type { Bound } from './verdict.ts'

type Logouts = NonNullable<ReturnType<typeof logoutsOf>>

const AT_ONCE: Bound = { op: '<', value: 1 }
const LIMIT_MS = 1_000 * AT_ONCE.value

export const notForSessions: Claim = {
  id: 'not-for-sessions',
  quote: 'JWT is not suited for managing sessions',
  source: comment('André Felipe Dias'),
  reading: 'a plain token outlives its logout by its lifetime, and a session does not',
  metric: 'time from an acknowledged logout to the last acceptance on any replica',
  supportedIf: "the bound is the token's lifetime for plain JWT and under 1 s for sessions",
  refutedIf: 'otherwise',
  thresholds: { sessionSec: AT_ONCE },
  decidedBy: 'npm run bench -- --only revocation',
  judge({ summary }) {
    const [token, session] = [logoutsOf(summary, TOKEN), logoutsOf(summary, SESSION)]
    if (!token || !session) {
      const missing = [TOKEN, SESSION].filter((name) => !logoutsOf(summary, name))
      const what = `no logouts of ${list(missing.map(code))}`
      return undecided(`this run has ${what} from the experiment \`revocation\``)
    }
    const sessions = [logoutsOf(summary, MEMORY), session].filter((one) => one !== null)
    const others = [logoutsOf(summary, DENYLIST)].filter((one) => one !== null)
    const lifetimeMs = 1_000 * (token.entry.settings.ttlSec ?? Number.POSITIVE_INFINITY)
    const { verdict, doubt } = verdictOf(token, sessions, lifetimeMs)
    return {
      verdict,
      boundary: null,
      sentence: `${[tokenText(token, lifetimeMs), ...[...sessions, ...others].map(endText)].join('; ')}${doubt}`,
      estimates: [
        ...(token.lastAgeMs
          ? [inMs(`age of a revoked ${TOKEN} at its first refusal`, token, token.lastAgeMs)]
          : []),
        ...sessions.map((one) =>
          inMs(`from the logout until every replica refuses, ${one.entry.scheme}`, one, one.refusedFromMs),
        ),
      ],
      evidence: [token, ...sessions, ...others].flatMap(({ entry }) => entry.trials),
    }
  },
}

/**
 * The token's part asks for the whole interval of its age at the first refusal to lie beyond its lifetime, the sessions'
 * for every single logout: one that lasts longer is one too many.
 */
function verdictOf(
  token: Logouts,
  sessions: readonly Logouts[],
  lifetimeMs: number,
): { verdict: Finding['verdict']; doubt: string } {
  const decided = (verdict: 'supported' | 'refuted') => ({ verdict, doubt: '' })
  const open = (doubt: string) => ({ verdict: 'inconclusive' as const, doubt })
  if (sessions.some(({ accepted, lastAcceptedMs }) => accepted > 0 && lastAcceptedMs.worst >= LIMIT_MS))
    return decided('refuted')
  const age = token.lastAgeMs
  if (!age || age.hi < lifetimeMs) return decided('refuted')
  const few = [token, ...sessions].filter(({ n }) => n < FEW_BLOCKS)
  if (few.length > 0)
    return open(
      `; fewer than ${FEW_BLOCKS} logouts of ${list(few.map(({ entry }) => code(entry.scheme)))} decide nothing`,
    )
  if (sessions.some(({ refusedFromMs }) => refusedFromMs.worst >= LIMIT_MS))
    return open('; replicas were not asked often enough to tell that all refused within a second')
  if (age.lo < lifetimeMs) return open('; the interval of the age does not lie beyond the lifetime')
  return decided('supported')
}

function tokenText(
  { entry, n, accepted, lastAcceptedMs: last, lastAgeMs: age }: Logouts,
  lifetimeMs: number,
): string {
  const name = code(entry.scheme)
  if (!age) return `${name} was accepted by no replica after any of ${n} logouts`
  return (
    `${name}, with a lifetime of ${timeText(lifetimeMs)}, was still accepted after ${accepted} of ${n} logouts, for up to ` +
    `${timeText(last.worst)}, until it was ${timeText(age.value)} old (median, ${timeText(age.lo)} to ${timeText(age.hi)})`
  )
}

function endText({ entry, n, accepted, lastAcceptedMs: last, refusedFromMs: refused }: Logouts): string {
  const name = code(entry.scheme)
  if (accepted === 0)
    return `${name} was accepted after none of ${n}, all replicas refusing from ${timeText(refused.worst)} on at the latest`
  return `${name} was accepted after ${accepted} of ${n}, for up to ${timeText(last.worst)}`
}

/** One value a revocation. */
function inMs(label: string, { n, entry }: Logouts, { value, lo, hi }: Interval): Entry {
  return { label, estimate: { value, lo, hi, unit: 'ms', n, warnings: entry.warnings } }
}
