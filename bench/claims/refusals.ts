/** The claim that users stay logged in whichever replica answers: 401s that should not have been, over several replicas. */
import type { Estimate } from '../types.ts'
import type { Claim, Facts, Finding } from './claim.ts'
import { code, MEMORY, notMeasured, SESSION, undecided } from './facts.ts'
import { comment } from './sources.ts'
import type { Bound } from './verdict.ts'
import { whole } from './wording.ts'

export const NO_REFUSAL: Bound = { op: '<=', value: 0 }

interface Refusals {
  scheme: string
  /** Replies 401 to users who were logged in. */
  count: number
  replies: number
  entry: Finding['estimates'][number]
  evidence: string[]
}

/**
 * Over every record of the experiment `replicas` with more than one of them. Rejected ones count too: a wrong 401
 * rejects its trial, so valid ones never hold any. Null where nothing was measured.
 */
export function refusals({ run, results }: Facts, name: string): Refusals | null {
  const seen = results.flatMap(({ trial, measurement }) =>
    trial.arm.experiment === 'replicas' && trial.arm.scheme === name && trial.arm.replicas > 1 && measurement
      ? [{ trial, measurement }]
      : [],
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
    count,
    replies,
    entry: { label: `wrong 401s a reply, ${name} over several replicas`, estimate },
    evidence: run.plan.map(({ id }) => id).filter((id) => seen.some(({ trial }) => trial.id === id)),
  }
}

/** `none of 1,230,000 replies from several replicas was a wrong 401 with session-redis` */
export function refusalsText({ scheme, count, replies }: Refusals): string {
  const some = count === 0 ? 'none' : whole(count)
  return `${some} of ${whole(replies)} replies from several replicas ${count > 1 ? 'were' : 'was'} a wrong 401 with ${code(scheme)}`
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
  decidedBy: 'npm run bench -- --only replicas --replicas 2,4 --schemes session-redis,session-memory',
  judge(facts) {
    const missing = notMeasured(facts, 'replicas', [SESSION])
    const [redis, memory] = [refusals(facts, SESSION), refusals(facts, MEMORY)]
    if (!redis) return missing ?? undecided('it has a single replica')
    const beside = memory
      ? `; ${refusalsText(memory)}, whose users were sent back to their replica (without that it was not measured)`
      : ''
    return {
      verdict: redis.count === 0 ? 'supported' : 'refuted',
      boundary: null,
      sentence: `${refusalsText(redis)}${beside}`,
      estimates: [redis.entry, ...(memory ? [memory.entry] : [])],
      evidence: [...redis.evidence, ...(memory?.evidence ?? [])],
    }
  },
}
