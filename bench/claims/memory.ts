/** The claim that a server keeps something in memory for every user who logs in. */
import type { Comparison } from '../figures/comparisons.ts'
import { MIN_BLOCKS_TO_DETECT } from '../stats/paired.ts'
import { code, list } from '../words/format.ts'
import { type Claim, comment, type Facts, type Finding, MEMORY, SESSION, TOKEN } from './claim.ts'
import { growthEntries, growthOf, growthTrials, notMeasured, undecided } from './facts.ts'
import { BYTES, caveat, measured, whole } from './wording.ts'

/** Slopes over fewer users rest on growth that is small beside the server itself. */
const LEVELS = { users: [1_000, 100_000] } as const

export const storesEveryUser: Claim = {
  id: 'memory-per-user',
  quote: 'for every user that logs, the server will need to store the user state in the memory',
  source: comment('Aleksandar Vasilevsk'),
  reading: 'sessions take memory for every logged-in user, tokens none',
  metric: 'bytes a logged-in user in replicas and in Redis, slope over 1 k to 100 k users and more',
  supportedIf: 'slope > 0 for sessions and indistinguishable from 0 for tokens',
  refutedIf: 'either fails',
  thresholds: { slope: { op: '>', value: 0 }, users: LEVELS.users },
  decidedBy:
    'npm run bench -- --only users --max-users 100000 --schemes session-memory,session-redis,jwt-hs256',
  judge(facts) {
    const missing = notMeasured(facts, 'users', [MEMORY, SESSION, TOKEN]) ?? levelsMissing(facts)
    if (missing) return missing
    const [memory, session, token] = [MEMORY, SESSION, TOKEN].map((name) => growthOf(facts, name))
    const redis = session?.redisBytes
    if (!memory || !redis || !token) return undecided('no block of this run has several numbers of users')
    const sessions = [memory.replicaBytes, redis]
    const tokens = [token.replicaBytes, token.redisBytes].filter((one) => one !== null)
    const bytes = ({ estimate }: Comparison) => measured(estimate, facts, 'users', BYTES)
    const took = tokens.filter(({ detected }) => detected)
    const seenFrom = Math.max(...tokens.map(({ detectable }) => detectable ?? 0))
    const estimates = [
      { label: `replica bytes a user, ${MEMORY}`, estimate: memory.replicaBytes.estimate },
      { label: `Redis bytes a user, ${SESSION}`, estimate: redis.estimate },
      ...growthEntries(TOKEN, tokens),
    ]
    const verdict = judged(sessions, tokens)
    return {
      verdict,
      boundary: null,
      sentence:
        `a logged-in user takes ${bytes(memory.replicaBytes)} of the server’s own memory with ${code(MEMORY)} and ` +
        `${bytes(redis)} of Redis with ${code(SESSION)}; with ${code(TOKEN)} ` +
        (took.length > 0
          ? list(took.map(bytes))
          : `it is ${list(tokens.map(bytes))}, and growth would be seen from ${whole(seenFrom)} on`) +
        caveat(estimates.map(({ estimate }) => estimate)) +
        (verdict === 'inconclusive' ? `; ${open([...sessions, ...tokens])}` : ''),
      estimates,
      evidence: growthTrials(facts, [MEMORY, SESSION, TOKEN]),
    }
  },
}

/**
 * Something or nothing, so the summary's own rule for growth decides and two blocks can be enough: a slope over 100,000
 * users that exceeds what any noise of a login could be. Nothing is only shown where the unseen growth is smaller than
 * the growth that would be seen, and for tokens smaller than what any session takes.
 */
function judged(sessions: readonly Comparison[], tokens: readonly Comparison[]): Finding['verdict'] {
  const absent = ({ detected, estimate, detectable }: Comparison) =>
    !detected && estimate.n >= MIN_BLOCKS_TO_DETECT && estimate.hi < (detectable ?? 0)
  if (tokens.some(({ detected }) => detected) || sessions.some(absent)) return 'refuted'
  const least = Math.min(...sessions.map(({ estimate }) => estimate.lo))
  const flat = tokens.every(({ estimate }) => estimate.n > 1 && estimate.hi < least)
  return flat && sessions.every(({ detected }) => detected) ? 'supported' : 'inconclusive'
}

function open(growth: readonly Comparison[]): string {
  return growth.some(({ estimate: { n } }) => n < 2)
    ? 'one block decides nothing'
    : 'it cannot be told which of these is more than nothing'
}

function levelsMissing({ arms }: Facts): Finding | null {
  const levels = arms.filter(({ arm, measured }) => arm.experiment === 'users' && measured.size > 0)
  const users = levels.map(({ arm }) => arm.users)
  const [from, to] = [Math.min(...users), Math.max(...users)]
  if (from <= LEVELS.users[0] && to >= LEVELS.users[1]) return null
  return undecided(
    `its numbers of users go from ${whole(from)} to ${whole(to)}, and the claim is about ${LEVELS.users.map(whole).join(' to ')}`,
  )
}
