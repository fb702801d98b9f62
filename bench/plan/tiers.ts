/** How much of what all replicas share a load takes: Redis, the proxy, and the memory of a container. Pure. */
import { measuredRates } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { exactly, larger, type Range, scaled, wholeUnits } from './range.ts'
import type { PlanRequest } from './request.ts'
import { eachWithSpare, unitsLeft } from './spare.ts'
import { costAt, type TierCost } from './tier-cost.ts'

/** Redis and proxy beyond this many times what was measured need their marginal demand: CPU a request bends. */
export const FAR = 20
/** A primary that holds more takes too long to be copied when it is lost. */
export const PRIMARY_BYTES = 25e9
/** What Redis lets in by default (`maxclients`); each replica has one connection and each near cache another. */
const MOST_CONNECTIONS = 10_000
const CONNECTIONS_EACH = 2

/** Tiers whose CPU a request is not known at a load that far from the measured one. */
export function tooFar(evidence: Evidence, rps: number): string[] {
  const { redis, proxy } = evidence
  const { most } = measuredRates(evidence)
  const beyond = (tier: TierCost | null) => tier !== null && rps > (knownTo(tier, most) ?? rps)
  return [...(beyond(redis) ? ['Redis'] : []), ...(beyond(proxy) ? ['the proxy'] : [])]
}

/**
 * Requests per second up to which a tier's CPU a request is known; null: no limit, the utilization law carries it.
 *
 * @param most that was measured
 */
export function knownTo({ marginal }: TierCost, most: number): number | null {
  return marginal === null ? FAR * most : null
}

/** @param stored sessions at a time */
export function sizesOfTiers({ redis, proxy, userBytes }: Evidence, request: PlanRequest, stored: number) {
  const { rps, headroom } = request
  const cores = (tier: TierCost) => scaled(costAt(tier, rps), rps / 1e6)
  const units = (tier: TierCost) => wholeUnits(scaled(cores(tier), 1 / (1 - headroom)))
  const byMemory = wholeUnits(scaled(userBytes.redis, stored / PRIMARY_BYTES))
  const redisPrimaries = redis ? larger(units(redis), byMemory) : exactly(0)
  const neededCores = units(proxy)
  const proxyCores = eachWithSpare(neededCores, request)
  const busyRedis = redis && cores(redis).value / redisPrimaries.value
  const left = unitsLeft(proxyCores.value, neededCores.value, request)
  return {
    sizes: {
      redisPrimaries,
      redisStandbys: scaled(redisPrimaries, standbysEach(request, redisPrimaries.value)),
      proxyCores,
    },
    busy: { redis: busyRedis, proxy: cores(proxy).value / proxyCores.value },
    // A standby takes all of its primary's load.
    busyWhenGone: { redis: busyRedis, proxy: cores(proxy).value / left },
  }
}

/** Of each primary, so that all that may fail at once can be one and its standbys but the last. */
function standbysEach({ survive, zones }: PlanRequest, primaries: number): number {
  return survive ?? (primaries > 1 || zones > 1 ? 1 : 0)
}

/** So many that each has connections for all replicas of its share. */
export function forConnections(primaries: Range, replicas: number): Range {
  if (primaries.value === 0) return primaries
  return larger(primaries, exactly(Math.ceil((CONNECTIONS_EACH * replicas) / MOST_CONNECTIONS)))
}

/** A heap grows until it is collected: a third more than was ever seen, and half of that again before it is ended. */
const TO_SPARE = 4 / 3
const LIMIT = 1.5

/** @param stored users whose state the replicas hold together */
export function containerOf(
  { peakRssBytes, userBytes }: Evidence,
  stored: number,
  replicas: number,
  { replicaCores }: PlanRequest,
): { requestBytes: number; limitBytes: number } | null {
  if (!peakRssBytes) return null
  const processes = Math.max(1, replicaCores)
  const needed = peakRssBytes.hi * processes + (userBytes.replicas.hi * stored) / replicas
  return { requestBytes: TO_SPARE * needed, limitBytes: LIMIT * TO_SPARE * needed }
}
