/**
 * What remembered state makes of the evidence for a plan: everything that was measured with the usual few bytes, moved
 * along the slopes that the experiment `payload` found.
 */
import type { Estimate } from '../record/types.ts'
import { figure } from '../words/format.ts'
import type { Ladder } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { exactly, over, plus, type Range, scaled, times } from './range.ts'
import { costWhenBusiest, type TierCost } from './tier-cost.ts'

/**
 * The evidence as it would be with `stateBytes` in every session or token, or why that cannot be said.
 *
 * A replica that takes f times as long for each request is the same queue on a clock that runs f times slower: it
 * keeps a response time f times as long up to a rate f times lower (change of the time unit; the part of a response
 * time that is not made in the replica is stretched as well, which errs to the safe side).
 */
export function withState(evidence: Evidence, stateBytes: number): Evidence | string {
  const { scheme, state, replica, redis, proxy, replyBytes, userBytes } = evidence
  if (state === null) {
    return (
      `the run does not say what a larger state costs ${scheme}: npm run bench -- --only ` +
      `cost,latency,users,payload --schemes ${scheme} measures it, or leave out --payload`
    )
  }
  const { limit, mostBytes } = state
  if (limit && stateBytes > limit.acceptedBytes) {
    return `${scheme} takes at most ${bytes(limit.acceptedBytes)} of state; with more it answers ${limit.refusal}`
  }
  if (stateBytes > mostBytes) {
    return `state was measured up to ${bytes(mostBytes)}, and nothing is known beyond that: lower --payload`
  }
  const grown = (base: Range, perByte: Range) => plus(base, scaled(perByte, stateBytes))
  const costing = ({ points, marginal }: TierCost, perByte: Range): TierCost => ({
    points: points.map(({ perSec, us }) => ({ perSec, us: grown(us, perByte) })),
    marginal: marginal && grown(marginal, perByte),
  })
  // Latency is made where a replica is busiest.
  const slower = plus(exactly(1), over(scaled(state.replicaUs, stateBytes), costWhenBusiest(replica)))
  return {
    ...evidence,
    replica: costing(replica, state.replicaUs),
    ladder: stretched(evidence.ladder, slower),
    redis: redis && costing(redis, state.redisUs),
    proxy: costing(proxy, state.proxyUs),
    replyBytes: grown(replyBytes, state.replyBytes),
    userBytes: {
      replicas: grown(userBytes.replicas, state.userBytes.replicas),
      redis: grown(userBytes.redis, state.userBytes.redis),
    },
  }
}

/** The same queue with every service time `slower` times as long. */
function stretched(ladder: Ladder, slower: Range): Ladder {
  const longer = (us: Estimate): Estimate => ({ ...us, ...times(us, slower) })
  const rungs = ladder.rungs.map((rung) => ({
    ...rung,
    arrivalsPerSec: rung.arrivalsPerSec / slower.value,
    throughputPerSec: { ...rung.throughputPerSec, ...scaled(rung.throughputPerSec, 1 / slower.value) },
    p50Us: longer(rung.p50Us),
    p90Us: longer(rung.p90Us),
    p99Us: longer(rung.p99Us),
    p999Us: rung.p999Us && longer(rung.p999Us),
    meanUs: longer(rung.meanUs),
  }))
  // The run's own capacity holds for the state that it was measured with.
  return { ...ladder, rungs, capacityPerSec: null, capacityNote: 'not-measured' }
}

const bytes = (count: number) => `${figure(count)} bytes`
