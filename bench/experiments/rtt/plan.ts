/** What distance to Redis costs: the same requests with a real TCP delay between the replica and its store. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm } from '../../record/types.ts'
import { arm, blocksOf } from '../arms.ts'
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
    const far = options.schemes.filter(
      (scheme) => usesRedis(scheme, options) && (options.schemesNamed || ASKING.includes(scheme)),
    )
    const arms = [
      ...withoutRedis(options).map((scheme) => armOf(scheme, undefined, options)),
      ...far.flatMap((scheme) => roundTripsMs.map((ms) => armOf(scheme, ms, options))),
      ...far
        .filter((scheme) => GATHERING.includes(scheme) && options.settable.includes('autoPipelining'))
        .flatMap((scheme) => endsOf(roundTripsMs).map((ms) => armOf(scheme, ms, options, ONE_BY_ONE))),
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
  const near = options.schemes.filter((scheme) => scheme !== CONTROL && !usesRedis(scheme, options))
  const tokens = near.filter((scheme) => options.traits[scheme].state === 'token').slice(0, 1)
  return [CONTROL, ...(options.schemesNamed ? near : tokens)]
}

const ONE_BY_ONE = { suffix: '-one-by-one', settings: { autoPipelining: false } }
const AS_THE_SCHEME = { suffix: '', settings: {} }

const endsOf = (all: readonly number[]) => [...new Set([...all.slice(0, 1), ...all.slice(-1)])]

/** @param ms undefined: no relay, for there is nothing that it could stand before */
function armOf(
  scheme: SchemeName,
  ms: number | undefined,
  options: PlanOptions,
  { suffix, settings } = AS_THE_SCHEME as typeof ONE_BY_ONE | typeof AS_THE_SCHEME,
): Arm {
  const { warmupSec, warmupRequests, measureSec, settleSec, ratesPerSec, roundTripsMs } =
    profiles[options.profile].rtt
  const [nearest] = roundTripsMs
  const variantOf = (roundTripMs: number) => `${roundTripMs}ms${suffix}`
  const placed =
    ms === undefined ? {} : { variant: variantOf(ms), settings: { redisRoundTripMs: ms, ...settings } }
  const compared =
    ms === undefined || nearest === undefined || ms === nearest
      ? {}
      : { comparedWith: `rtt/${scheme}/${variantOf(nearest)}` }
  const load = {
    loop: 'open' as const,
    spacing: 'poisson' as const,
    connections: options.connections ?? CONNECTIONS,
    ratesPerSec: (options.rates ?? ratesPerSec).toSorted((a, b) => a - b),
    firstPerSec: Math.min(...ratesPerSec),
    searchRungs: 0,
    settleSec,
  }
  const phases = { warmupSec, warmupRequests, measureSec }
  return arm({ experiment: 'rtt', scheme, replicas: 1, load, ...phases, ...placed, ...compared }, options)
}
