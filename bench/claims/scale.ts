/** Claims about what more replicas bring. */
import { singleOf, speedups } from '../experiments/replicas/summary.ts'
import type { MeasuredSummary } from '../experiments/reports.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { code, figure, percent, styles } from '../words/format.ts'
import { meaning } from '../words/warnings.ts'
import { ARTICLE, type Claim, comment, type Facts, type Finding, SESSION, TOKEN } from './claim.ts'
import { armOf, notMeasured, ownRatioError, ratioOf, trialsOf, undecided } from './facts.ts'
import { NO_REFUSAL, refusals, refusalsText } from './refusals.ts'
import { type Bound, type Limits, ruling } from './verdict.ts'
import { caveat, doubtText, measured } from './wording.ts'

const BADLY: Bound = { op: '<=', value: 0.7 }
const WELL: Bound = { op: '>=', value: 0.9 }
const AS_WELL: Bound = { op: '>=', value: 0.9 }
/** By figure: the session's efficiency, the token's, and the first over the second. */
const SCALING = {
  session: { supported: BADLY, refuted: null },
  token: { supported: WELL, refuted: null },
  sessionOfToken: { supported: null, refuted: AS_WELL },
} satisfies Record<string, Limits>

type Scaling = MeasuredSummary['scaling'][number] & { efficiency: Estimate }

/** Numbers of replicas with an efficiency, rising. */
function efficiencies({ summary }: Facts, name: string): Scaling[] {
  return summary.scaling
    .filter((one): one is Scaling => one.scheme === name && one.efficiency !== null)
    .sort((a, b) => a.replicas - b.replicas)
}

/** Why there is none, in the words of the report. */
function withheld({ summary }: Facts, names: readonly string[]): Finding {
  const reasons = summary.scaling.flatMap(({ scheme, withheld }) =>
    names.includes(scheme) && withheld ? [meaning[withheld]] : [],
  )
  return undecided(
    reasons[0]
      ? `no efficiency here (${reasons[0]})`
      : 'it takes one replica and several, each with a core of its own',
  )
}

/**
 * Where more replicas stop bringing more, because one Redis serves them all: Redis was full in most blocks of that
 * fleet, and the fleet served less than all of its replicas would. A fleet that loses nothing has met no limit.
 */
function redisBottleneck(facts: Facts): { replicas: number; text: string } | null {
  const full = efficiencies(facts, SESSION)
    .filter(({ efficiency }) => efficiency.hi < 1)
    .map(({ replicas }) => armOf(facts, 'replicas', SESSION, replicas))
    .find(isRedisFull)?.arm
  const served = facts.summary.arms.find(({ arm }) => arm.id === full?.id)?.metrics.throughputPerSec
  if (!full || !served) return null
  const share = full.quotas?.redisCores ?? 1
  const perCore = figure(served.value / share)
  return {
    replicas: full.replicas,
    text:
      share === 1
        ? `the load: from ${full.replicas} replicas on, at ${perCore} requests/s, one Redis is full`
        : `the load: above about ${perCore} requests/s for each core of Redis (at ${full.replicas} replicas in the scale model) one Redis is full`,
  }
}

/** A fleet whose Redis was full says what that Redis serves, and nothing about how the scheme scales. */
const belowTheLimit = (facts: Facts, full: ReturnType<typeof redisBottleneck>) =>
  efficiencies(facts, SESSION).filter(
    ({ replicas }) => replicas < (full?.replicas ?? Number.POSITIVE_INFINITY),
  )

const onlyFull = ({ replicas }: { replicas: number }) =>
  undecided(`one Redis was full from ${replicas} replicas on, and no smaller fleet was measured to compare`)

/** In most blocks by the figure of that block's own trial, since the warnings of an arm are those of any of them. */
function isRedisFull({ measured }: ArmRecords): boolean {
  const full = [...measured.values()].filter(({ warnings }) => warnings.includes('redis-saturated'))
  return full.length > measured.size / 2
}

export const scalesBetter: Claim = {
  id: 'scales-better',
  quote: 'JSON Web Token scales much better with the size of the application because it is stateless',
  source: ARTICLE,
  reading: null,
  metric:
    'scaling efficiency E(N) = X(N)/(N·X(1)) at equal pace, jwt-hs256 against session-redis, N to the largest measured at which neither Redis, proxy nor generator was full',
  supportedIf: 'E_session(Nmax) <= 0.7 and E_jwt(Nmax) >= 0.9',
  refutedIf:
    'E_session(Nmax) >= 0.9·E_jwt(Nmax); `depends`: name the N (or requests/s) where Redis becomes the bottleneck',
  thresholds: SCALING,
  decidedBy:
    'npm run bench -- --only aa,replicas --replicas 1,2,4,8 --schemes session-redis,jwt-hs256 --trials 5',
  judge(facts) {
    const missing = notMeasured(facts, 'replicas', [SESSION, TOKEN])
    if (missing) return missing
    const tokens = efficiencies(facts, TOKEN)
    const full = redisBottleneck(facts)
    const session = belowTheLimit(facts, full).findLast(({ replicas }) =>
      tokens.some((one) => one.replicas === replicas),
    )
    const token = tokens.find(({ replicas }) => replicas === session?.replicas)
    if (!session || !token) return full ? onlyFull(full) : withheld(facts, [SESSION, TOKEN])
    const most = session.replicas
    const [ofSession, ofToken] = [SESSION, TOKEN].map((name) => fleetOf(facts, name, most))
    if (!ofSession || !ofToken) return withheld(facts, [SESSION, TOKEN])
    const arms = [...ofSession.arms, ...ofToken.arms]
    const relative = ratioOf(ofSession.speedups, ofToken.speedups, arms)
    if (!relative) return undecided('no block of this run has all of its arms')
    const own = ownRatioError(facts, 'throughputRatio')
    const badly = ruling(session.efficiency, SCALING.session, own)
    const well = ruling(token.efficiency, SCALING.token, own)
    const alike = ruling(relative, SCALING.sessionOfToken, own)
    const share = ({ efficiency }: Scaling) => measured(efficiency, facts, 'replicas', styles.percent)
    const sentence =
      `${most} replicas serve ${share(session)} of ${most} times one replica’s throughput with ${code(SESSION)} ` +
      `and ${share(token)} with ${code(TOKEN)}${caveat([session.efficiency, token.efficiency])}`
    const found = {
      boundary: full?.text ?? null,
      estimates: [
        { label: `efficiency of ${SESSION} at ${most} replicas`, estimate: session.efficiency },
        { label: `efficiency of ${TOKEN} at ${most} replicas`, estimate: token.efficiency },
        { label: `efficiency at ${most} replicas, ${SESSION} ÷ ${TOKEN}`, estimate: relative },
      ],
      evidence: trialsOf(facts, arms),
    }
    if (badly.verdict === 'supported' && well.verdict === 'supported')
      return { ...found, verdict: 'supported', sentence }
    // Below a limit that was seen sessions scale as well; beyond it they do not.
    if (alike.verdict === 'refuted') return { ...found, verdict: full ? 'depends' : 'refuted', sentence }
    const needed = `; the first would have to be at most ${percent(BADLY.value)}, or at least ${percent(AS_WELL.value)} of the second`
    const known = alike.doubt === 'straddles' || alike.doubt === 'between' || alike.doubt === null
    const doubt = known ? needed : doubtText(alike, SCALING.sessionOfToken, relative.n)
    return { ...found, verdict: 'inconclusive', sentence: `${sentence}${doubt}` }
  },
}

/** A fleet beside the one replica that it is compared with, and how many times as much it served in each block. */
function fleetOf(facts: Facts, name: string, replicas: number) {
  const many = armOf(facts, 'replicas', name, replicas)
  const one = singleOf(many, facts.arms)
  return one ? { arms: [one, many], speedups: speedups(many, one) } : null
}

const COOKIES: Limits = { supported: { op: '>=', value: 0.9 }, refuted: { op: '<', value: 0.7 } }

export const cookiesScale: Claim = {
  id: 'cookies-scale',
  quote:
    "it's not true that you can't scale well with cookies. You can use connect-redis with express-session",
  source: comment('khrisl33t'),
  reading: 'sessions in Redis scale well',
  metric: 'E(N) of session-redis below the Redis ceiling, and cross-replica 401s',
  supportedIf: 'E >= 0.9 and no 401',
  refutedIf: 'E < 0.7 or any 401',
  thresholds: { efficiency: COOKIES, refusals: NO_REFUSAL },
  decidedBy: 'npm run bench -- --only aa,replicas --replicas 1,2,4,8 --schemes session-redis --trials 5',
  judge(facts) {
    const missing = notMeasured(facts, 'replicas', [SESSION])
    if (missing) return missing
    const refused = refusals(facts, SESSION)
    const full = redisBottleneck(facts)
    const most = belowTheLimit(facts, full).at(-1)
    if (refused && refused.count > 0) {
      const { entry, evidence } = refused
      return {
        verdict: 'refuted',
        boundary: null,
        sentence: refusalsText(refused),
        estimates: [entry],
        evidence,
      }
    }
    if (!refused || !most) return full ? onlyFull(full) : withheld(facts, [SESSION])
    const { efficiency, replicas } = most
    const arms = [1, replicas].map((n) => armOf(facts, 'replicas', SESSION, n))
    const judged = ruling(efficiency, COOKIES, ownRatioError(facts, 'throughputRatio'))
    return {
      verdict: judged.verdict,
      boundary: full?.text ?? null,
      sentence:
        `${replicas} replicas serve ${measured(efficiency, facts, 'replicas', styles.percent)} of ${replicas} ` +
        `times one replica’s throughput, and ${refusalsText(refused)}${caveat([efficiency])}` +
        doubtText(judged, COOKIES, efficiency.n, percent),
      estimates: [
        { label: `efficiency of ${SESSION} at ${replicas} replicas`, estimate: efficiency },
        refused.entry,
      ],
      evidence: [...new Set([...trialsOf(facts, arms), ...refused.evidence])],
    }
  },
}
