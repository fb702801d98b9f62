/** The claim that users stay logged in whichever replica answers: 401s that should not have been, over several replicas. */
import type { Arm } from '../record/types.ts'
import { code } from '../words/format.ts'
import { type Claim, comment, type Facts, MEMORY, SESSION } from './claim.ts'
import { notMeasured, seen, undecided } from './facts.ts'
import type { Bound } from './verdict.ts'
import { whole } from './wording.ts'

export const NO_REFUSAL: Bound = { op: '<=', value: 0 }

/**
 * Over every record of the experiment `replicas` with more than one of them. Rejected ones count too: a wrong 401
 * rejects its trial, so valid ones never hold any, unless they are there to find some. Null where nothing was measured.
 *
 * @param scattered those whose users are sent to any replica, although the scheme needs them to come back
 */
export function refusals({ run, results }: Facts, scheme: string, scattered = false) {
  const isWanted = ({ experiment, scheme: name, replicas, settings }: Arm) =>
    experiment === 'replicas' && name === scheme && replicas > 1 && (settings.sticky === false) === scattered
  const found = results.flatMap(({ trial, measurement }) =>
    isWanted(trial.arm) && measurement ? [{ trial, measurement }] : [],
  )
  /** Replies 401 to users who were logged in. */
  const count = found.reduce((sum, { measurement }) => sum + (measurement.statusCounts['401'] ?? 0), 0)
  const replies = found.reduce((sum, { measurement }) => sum + measurement.requests, 0)
  if (replies === 0) return null
  const label = `wrong 401s a reply, ${scheme} over several replicas${scattered ? ', not sticky' : ''}`
  const blocks = new Set(found.map(({ trial }) => trial.block))
  const tried = new Set(found.map(({ trial }) => trial.id))
  return {
    ...{ scheme, scattered, count, replies },
    entry: seen(label, count / replies, '401s/reply', blocks.size),
    evidence: run.plan.map(({ id }) => id).filter((id) => tried.has(id)),
  }
}

type Refusals = NonNullable<ReturnType<typeof refusals>>

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
    const redis = refusals(facts, SESSION)
    if (!redis) return notMeasured(facts, 'replicas', [SESSION]) ?? undecided('it has a single replica')
    const [memory, scattered] = [refusals(facts, MEMORY), refusals(facts, MEMORY, true)]
    const without = scattered ? `; ${refusalsText(scattered)}` : ' (without that it was not measured)'
    const beside = memory
      ? `; ${refusalsText(memory)}, whose users were sent back to their replica${without}`
      : ''
    const found = [redis, memory, scattered].filter((one) => one !== null)
    return {
      verdict: redis.count === 0 ? 'supported' : 'refuted',
      boundary: null,
      sentence: `${refusalsText(redis)}${beside}`,
      estimates: found.map(({ entry }) => entry),
      evidence: found.flatMap(({ evidence }) => evidence),
    }
  },
}
