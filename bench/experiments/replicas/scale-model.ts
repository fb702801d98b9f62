/** A cluster on a machine with too few cores: every process of the fleet under a CPU quota. */
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Arm, Quotas } from '../../record/types.ts'
import { type ArmChoice, arm, withControl } from '../arms.ts'
import type { PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'
import { FEW_WITH_CONTROL } from '../roles.ts'

/**
 * Cores of each replica, and of the one Redis. The kernel grants a quota afresh every 100 ms: with 8 % a process runs
 * for 8 ms at a stretch. The more the better, since a smaller share distorts CPU a request more.
 */
const SHARES = [0.25, 0.2, 0.15, 0.1, 0.08]
/** For each replica's share: without auth a proxy takes as much CPU for a request as the server does. */
const PROXY_OF_REPLICA = 1.5
/** What proxy and generator use for each core that replicas use, when a request costs next to nothing. */
const REST_OF_REPLICAS = 1.6
/** The same as it usually is: what a replica that is not there, its proxy and its load would use, in quotas of a replica. */
const BALLAST_OF_REPLICA = 1.8

/**
 * Enough that a replica never runs out of work while the others are held back: without auth it answers 100 to 200
 * requests in one stretch of its quota.
 */
const CONNECTIONS_PER_REPLICA = 128

/**
 * Waiting for the next turn of a quota, one's own or that of Redis, takes up to 100 ms each: the servers' usual limit
 * of 250 ms would refuse what only the model delays.
 */
const WAITING = { redisTimeoutMs: 5_000 }

/** Large enough for a connection each; the same for every N, so that arms differ in nothing but N. */
const USERS = 2_048

/** What each process may use, or null where not even the smallest share fits. */
export function quotasFor(replicas: number, most: number, cores: number): Quotas | null {
  const share = SHARES.find((one) => one * (most * (1 + REST_OF_REPLICAS) + 1) <= cores)
  if (share === undefined) return null
  // A proxy scales out like the replicas, since it remembers nothing; Redis, whose limit is the question, does not.
  const ballastCores = Number((BALLAST_OF_REPLICA * share * (most - replicas)).toFixed(3))
  const proxyCores = PROXY_OF_REPLICA * replicas * share
  return { replicaCores: share, redisCores: share, proxyCores, ballastCores }
}

/** The most replicas of `counts` that fit under quotas. */
export function largestUnderQuotas(counts: readonly number[], cores: number): number {
  return Math.max(0, ...counts.filter((n) => quotasFor(n, n, cores) !== null))
}

/** Variants of one replica by itself: without a quota, and with one. */
export const UNLIMITED = 'unlimited'
export const ALONE = 'alone'
/** Few replicas with more than they need, and a Redis or a proxy with little: what a request takes of one that is full. */
export const FULL = { redis: 'full-redis', proxy: 'full-proxy' } as const
/** For each of them; two leave enough for proxy and generator on two cores. */
const AMPLE_CORES = 0.5
const AMPLE_REPLICAS = 2

/**
 * Fleets in which another tier is the limit, so that the law foretells something else than N replicas: a prediction that says N is
 * right wherever nothing is full. Redis has a twelfth of its share, the proxy a sixteenth of what all replicas have. A Redis with a
 * quarter was not the limit: with some hundred requests waiting it takes 4 µs for each, a fourth of what it takes when none wait.
 */
export const TIGHT = { redis: 'redis-tight', proxy: 'proxy-tight' } as const
const REDIS_OF_SHARE = 1 / 12
/** The kernel grants no less than 1 ms in its period of 100 ms. */
const LEAST_QUOTA = 0.01
const littleRedis = ({ redisCores }: Quotas) => Math.max(LEAST_QUOTA, REDIS_OF_SHARE * redisCores)
const PROXY_OF_REPLICAS = 1 / 16
const littleProxy = ({ replicaCores }: Quotas, most: number) =>
  Math.max(LEAST_QUOTA, PROXY_OF_REPLICAS * most * replicaCores)

/** Which tier an arm was given little of; null for fleets of N replicas as they are. */
export function tightTier({ variant }: Pick<Arm, 'variant'>): keyof typeof TIGHT | null {
  const tiers = ['redis', 'proxy'] as const
  return tiers.find((tier) => variant?.endsWith(TIGHT[tier])) ?? null
}

/** @param counts numbers of replicas that fit */
export function scaleModel(counts: readonly number[], options: PlanOptions) {
  const more = counts.filter((n) => n > 1)
  const most = Math.max(1, ...more)
  const schemes = options.schemesNamed ? withControl(options) : FEW_WITH_CONTROL

  const armOf = (scheme: SchemeName, n: number, variant: string, change: Partial<ArmChoice> = {}): Arm => {
    const connections = options.connections ?? CONNECTIONS_PER_REPLICA * n
    const quotas = quotasFor(n, most, options.cores)
    const load = { loop: 'closed' as const, connections }
    const users = Math.max(options.users ?? USERS, connections)
    const common = { experiment: 'replicas', settings: WAITING, ...profiles[options.profile].replicas }
    return arm({ ...common, scheme, replicas: n, variant, quotas, users, load, ...change }, options)
  }
  /** All on one fleet, whose replicas work in shifts: processes and CPUs differ by as much as schemes do. */
  const turns = { fleet: most }
  const many = (scheme: SchemeName, n: number) =>
    armOf(scheme, n, `n${n}`, { ...turns, comparedWith: `replicas/${scheme}/n1`, heldOut: true })
  /** Users are sent to any replica, not only to the one they logged in at; the arm counts how often that goes wrong. */
  const scattered = (scheme: SchemeName, n: number) => {
    if (options.traits[scheme].state !== 'process' || !options.settable.includes('sticky')) return []
    const settings = { ...WAITING, sticky: false }
    return [armOf(scheme, n, `n${n}-scattered`, { settings, warmupRequests: 0 })]
  }

  /**
   * With as much as would stand for all replicas but one, as far as the machine has it: these wait for a tier with little, and the
   * machine should be about as busy as beside the fleets that they are compared with.
   */
  const withBallast = (quotas: Quotas, replicas: number): Quotas => {
    const { replicaCores, redisCores, proxyCores } = quotas
    const left = options.cores - replicas * replicaCores - redisCores - proxyCores
    const share = quotasFor(1, most, options.cores)?.ballastCores ?? 0
    return { ...quotas, ballastCores: Math.floor(1_000 * Math.min(share, left)) / 1_000 }
  }

  /**
   * A tier takes another amount of CPU for a request when it is full: Redis far less, since it answers many at a time. So it has as
   * little as in the fleet that is foretold, and as many requests wait for it as the largest fleet sends.
   */
  const full = (scheme: SchemeName) => {
    const quotas = quotasFor(AMPLE_REPLICAS, most, options.cores)
    if (!quotas || most === 1) return []
    const connections = options.connections ?? CONNECTIONS_PER_REPLICA * most
    const ample = { replicaCores: AMPLE_CORES, proxyCores: AMPLE_CORES }
    const one = (tier: keyof typeof FULL, less: Partial<Quotas>) =>
      armOf(scheme, AMPLE_REPLICAS, FULL[tier], {
        quotas: withBallast({ ...quotas, ...ample, ...less }, AMPLE_REPLICAS),
        users: Math.max(options.users ?? USERS, connections),
        load: { loop: 'closed' as const, connections },
      })
    const hasRedis = options.traits[scheme].state.includes('redis')
    return [
      ...(hasRedis ? [one('redis', { redisCores: littleRedis(quotas) })] : []),
      one('proxy', { proxyCores: littleProxy(quotas, most) }),
    ]
  }

  const tight = (scheme: SchemeName) => {
    const quotas = quotasFor(most, most, options.cores)
    if (!quotas || most === 1) return []
    const one = (tier: keyof typeof TIGHT, less: Partial<Quotas>) =>
      armOf(scheme, most, `n${most}-${TIGHT[tier]}`, {
        ...turns,
        ...{ comparedWith: `replicas/${scheme}/n1`, heldOut: true },
        quotas: withBallast({ ...quotas, ...less }, most),
      })
    const hasRedis = options.traits[scheme].state.includes('redis')
    return [
      ...(hasRedis ? [one('redis', { redisCores: littleRedis(quotas) })] : []),
      one('proxy', { proxyCores: littleProxy(quotas, most) }),
    ]
  }

  return {
    /** What the laws are told: one replica with its quota and without, and what a full Redis and a full proxy carry. */
    known: schemes.flatMap((scheme) => [
      ...full(scheme),
      armOf(scheme, 1, UNLIMITED, { quotas: null, comparedWith: `replicas/${scheme}/${ALONE}` }),
      armOf(scheme, 1, ALONE),
    ]),
    /** Every fleet, predicted before it is measured; and one replica of it, to compare with in the same minutes. */
    heldOut: schemes.flatMap((scheme) => [
      armOf(scheme, 1, 'n1', turns),
      ...more.map((n) => many(scheme, n)),
      ...tight(scheme),
      // The fewest and the most: what is wrong is 1 − 1/N of all.
      ...more.filter((n) => n === more[0] || n === most).flatMap((n) => scattered(scheme, n)),
    ]),
  }
}
