/** What distance to Redis costs: the same requests with a real TCP delay between the replica and its store. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm } from '../../record/types.ts'
import { among, arm, blocksOf, withoutControl } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

/** As many as are under way at 1,000 requests a second and two round trips of 50 ms each, and room for chance. */
const CONNECTIONS = 2 * OPEN_CONNECTIONS_PER_REPLICA

/** Every way to ask Redis on a read: twice, once, seldom, and for a token. Others ask as one of these does. */
const ASKING: readonly SchemeName[] = [
  'session-redis',
  'session-redis-tuned',
  'session-redis-cached',
  'jwt-denylist',
]

/**
 * Their ioredis gathers commands by itself and has one batch under way at a time, so that a command may wait for a whole
 * batch before its own: that is measured against commands which go out at once, at both ends of the distances.
 */
const GATHERING: readonly SchemeName[] = ['session-redis-tuned', 'jwt-denylist']

export const rtt: Experiment = {
  name: 'rtt',
  question:
    'How much does a round trip to Redis add to an answer, and how many of them does a read wait for?',
  profiles: ['full'],
  plan(options) {
    if (!options.settable.includes('redisRoundTripMs')) return { rounds: [], notes: [LEFT_OUT] }
    const { blocks, roundTripsMs } = profiles[options.profile].rtt
    const far = among(ASKING, options).filter((scheme) => usesRedis(scheme, options))
    const ends = [...new Set([...roundTripsMs.slice(0, 1), ...roundTripsMs.slice(-1)])]
    const arms = [
      ...withoutRedis(options).map((scheme) => armOf(scheme, undefined, options)),
      ...far.flatMap((scheme) => roundTripsMs.map((ms) => armOf(scheme, ms, options))),
      ...far
        .filter((scheme) => GATHERING.includes(scheme) && options.settable.includes('autoPipelining'))
        .flatMap((scheme) => ends.map((ms) => armOf(scheme, ms, options, true))),
    ]
    const notes = options.schemesNamed && far.length === 0 ? [NO_REDIS] : []
    return { rounds: far.length === 0 ? [] : [{ arms, blocks: blocksOf(options, blocks) }], notes }
  },
}

const LEFT_OUT = 'rtt: left out, since nothing can be put between the replicas of this fleet and their Redis'
const NO_REDIS = 'rtt: left out, since none of the named schemes asks Redis anything'

const usesRedis = (scheme: SchemeName, { traits }: PlanOptions) => traits[scheme].state.includes('redis')

/** Those that no distance reaches: the control, and the first token that asks nobody; or those that were named. */
function withoutRedis(options: PlanOptions): SchemeName[] {
  const near = withoutControl(options.schemes).filter((scheme) => !usesRedis(scheme, options))
  const tokens = near.filter((scheme) => options.traits[scheme].state === 'token').slice(0, 1)
  return [CONTROL, ...(options.schemesNamed ? near : tokens)]
}

/** @param ms undefined: no relay, for there is nothing that it could stand before */
function armOf(scheme: SchemeName, ms: number | undefined, options: PlanOptions, oneByOne = false): Arm {
  const { settleSec, ratesPerSec, roundTripsMs, ...phases } = profiles[options.profile].rtt
  const [nearest = 0] = roundTripsMs
  const variantOf = (roundTripMs: number) => `${roundTripMs}ms${oneByOne ? '-one-by-one' : ''}`
  const placed = ms !== undefined && {
    variant: variantOf(ms),
    settings: { redisRoundTripMs: ms, ...(oneByOne && { autoPipelining: false }) },
    comparedWith: ms === nearest ? undefined : `rtt/${scheme}/${variantOf(nearest)}`,
  }
  const load = {
    loop: 'open' as const,
    spacing: 'poisson' as const,
    connections: options.connections ?? CONNECTIONS,
    ratesPerSec: (options.rates ?? ratesPerSec).toSorted((a, b) => a - b),
    firstPerSec: Math.min(...ratesPerSec),
    searchRungs: 0,
    settleSec,
  }
  return arm({ experiment: 'rtt', scheme, replicas: 1, load, ...phases, ...placed }, options)
}
