/** The claim that users stay logged in whichever replica answers: 401s that should not have been, over several replicas. */
import type { Arm, Estimate } from '../record/types.ts'
import type { Claim, Facts, Finding } from './claim.ts'
import { code, MEMORY, notMeasured, SESSION, undecided } from './facts.ts'
import { comment } from './sources.ts'
import type { Bound } from './verdict.ts'
import { whole } from './wording.ts'

export const NO_REFUSAL: Bound = { op: '<=', value: 0 }

interface Refusals {
  scheme: string
  scattered: boolean
  /** Replies 401 to users who were logged in. */
  count: number
  replies: number
  entry: Finding['estimates'][number]
  evidence: string[]
}

/**
 * Over every record of the experiment `replicas` with more than one of them. Rejected ones count too: a wrong 401
 * rejects its trial, so valid ones never hold any, unless they are there to find some. Null where nothing was measured.
 *
 * @param scattered those whose users are sent to any replica, although the scheme needs them to come back
 */
export function refusals({ run, results }: Facts, name: string, scattered = false): Refusals | null {
  const isWanted = ({ experiment, scheme, replicas, settings }: Arm) =>
    experiment === 'replicas' && scheme === name && replicas > 1 && (settings.sticky === false) === scattered
  const seen = results.flatMap(({ trial, measurement }) =>
    isWanted(trial.arm) && measurement ? [{ trial, measurement }] : [],
  )
  const count = seen.reduce((sum, { measurement }) => sum + (measurement.statusCounts['401'] ?? 0), 0)
  const replies = seen.reduce((sum, { measurement }) => sum + measurement.requests, 0)
  if (replies === 0) return null
  const n = new Set(seen.map(({ trial }) => trial.block)).size
  // Counted, not estimated: what was seen is all that is said.
  const rate = count / replies
  const estimate: Estimate = { value: rate, lo: rate, hi: rate, unit: '401s/reply', n, warnings: [] }
  return {
    scheme: name,
    scattered,
    count,
    replies,
    entry: {
      label: `wrong 401s a reply, ${name} over several replicas${scattered ? ', not sticky' : ''}`,
      estimate,
    },
    evidence: run.plan.map(({ id }) => id).filter((id) => seen.some(({ trial }) => trial.id === id)),
  }
}

/** `none of 1,230,000 replies from several replicas was a wrong 401 with session-redis` */
export function refusalsText({ scheme, scattered, count, replies }: Refusals): string {
  const some = count === 0 ? 'none' : whole(count)
  const how = scattered ? ' and users sent to any of them' : ''
  return `${some} of ${whole(replies)} replies from several replicas ${count > 1 ? 'were' : 'was'} a wrong 401 with ${code(scheme)}${how}`
}

export const multipleReplicas: Claim = {
  id: 'multiple-replicas',
  quote: 'you can still have multiple replicas of your api',
  source: comment('khrisl33t'),
  reading: 'with sessions in Redis',
  metric: 'rate of wrong 401s over N replicas: session-redis; session-memory with and without sticky routing',
  supportedIf: '0 for session-redis',
  refutedIf: 'otherwise',
  thresholds: { refusals: NO_REFUSAL },
  decidedBy: 'npm run bench -- --only replicas --replicas 1,2,4 --schemes session-redis,session-memory',
  judge(facts) {
    const missing = notMeasured(facts, 'replicas', [SESSION])
    const [redis, memory, scattered] = [
      refusals(facts, SESSION),
      refusals(facts, MEMORY),
      refusals(facts, MEMORY, true),
    ]
    if (!redis) return missing ?? undecided('it has a single replica')
    const without = scattered ? `; ${refusalsText(scattered)}` : ' (without that it was not measured)'
    const beside = memory
      ? `; ${refusalsText(memory)}, whose users were sent back to their replica${without}`
      : ''
    return {
      verdict: redis.count === 0 ? 'supported' : 'refuted',
      boundary: null,
      sentence: `${refusalsText(redis)}${beside}`,
      estimates: [redis, memory, scattered].flatMap((one) => (one ? [one.entry] : [])),
      evidence: [redis, memory, scattered].flatMap((one) => one?.evidence ?? []),
    }
  },
}
