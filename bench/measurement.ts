/** Puts one trial's readings together into its record, and flags what a reader must know about it. Pure. */
import type { MemoryReading, WindowReading } from './probe/probe.ts'
import type { LoadReport, LoginReport, Measurement, Placement, Trial, Warning } from './types.ts'

export interface Readings {
  trial: Trial
  placement: Placement
  idle: MemoryReading
  loggedIn: MemoryReading
  logins: LoginReport
  load: LoadReport
  window: WindowReading
}

/**
 * The rules by which a trial is flagged, fixed before measuring. Each bound is where the effect would reach the
 * size of the differences that the suite wants to see (a few per cent), not where it becomes visible.
 */
const limits = {
  /** A CPU set this busy is what holds the throughput down. */
  saturated: 0.95,
  /** Replicas less busy than this were not what limited the throughput. */
  replicaBusy: 0.9,
  /** CPU of processes that are not the run's, as a share of the machine. */
  foreignShare: 0.05,
  stealShare: 0.02,
  /** Deviation of a replica's share of the requests from an even one. */
  uneven: 0.2,
  /** Distinct users against what the number of requests allowed. */
  rotation: 0.8,
} as const

export function toMeasurement(readings: Readings): Measurement {
  const { load, window, idle, loggedIn, logins, placement } = readings
  const perRequest = (us: number | null) => (us === null || load.requests === 0 ? null : us / load.requests)
  const cores = (us: number | null) => (us === null ? null : us / 1e6 / window.seconds)
  const { replicas, redis, proxy, generator } = window.tierCpuUs
  const worst = window.replicas.reduce((a, b) => (b.eventLoopDelayUs.p99 > a.eventLoopDelayUs.p99 ? b : a))
  const facts = {
    windowSec: load.windowSec,
    requests: load.requests,
    throughputPerSec: load.requests / load.windowSec,
    statusCounts: load.statusCounts,
    errors: load.errors,
    verifiedBodies: load.verifiedBodies,
    wrongAnswers: load.wrongAnswers,
    distinctUsers: load.distinctUsers,
    latencyUs: load.latencyUs,
    cpuUsPerRequest: {
      replicas: perRequest(replicas),
      redis: perRequest(redis),
      proxy: perRequest(proxy),
      generator: perRequest(generator),
    },
    utilization: {
      replicas: cores(replicas),
      redis: cores(redis),
      proxy: cores(proxy),
      generator: cores(generator),
    },
    memory: {
      replicaRssBytes: window.replicas.map(({ rssBytes }) => rssBytes),
      replicaHeapBytes: window.replicas.map(({ heapBytes }) => heapBytes),
      idleReplicaBytes: idle.replicaBytes,
      loggedInReplicaBytes: loggedIn.replicaBytes,
      idleReplicaRssBytes: idle.replicaRssBytes,
      loggedInReplicaRssBytes: loggedIn.replicaRssBytes,
      idleRedisBytes: idle.redisBytes,
      loggedInRedisBytes: loggedIn.redisBytes,
    },
    redisCommandsPerRequest: window.redisCommandsPerRequest(load.requests),
    bytesPerRequest: {
      sent: load.requests === 0 ? 0 : load.bytesSent / load.requests,
      received: load.requests === 0 ? 0 : load.bytesReceived / load.requests,
    },
    eventLoopDelayUs: worst.eventLoopDelayUs,
    replicaShare: shares(window.replicaRequests),
    host: hostReading(window, placement.cores),
    logins,
  }
  return { ...facts, warnings: warningsFor(facts, readings) }
}

function hostReading(
  { host, seconds, tierCpuUs, harnessCpuUs }: WindowReading,
  cores: number,
): Measurement['host'] {
  const tiers = Object.values(tierCpuUs)
  const own = tiers.includes(null) ? null : tiers.reduce<number>((a, b) => a + (b ?? 0), harnessCpuUs)
  return {
    cores,
    busyCores: host ? host.busyUs / 1e6 / seconds : null,
    // Ticks of 10 ms against nanoseconds: a quiet machine can come out a hair below zero.
    foreignCores: host && own !== null ? Math.max(0, (host.busyUs - own) / 1e6 / seconds) : null,
    stealShare: host && host.totalUs > 0 ? host.stealUs / host.totalUs : null,
    probeCores: harnessCpuUs / 1e6 / seconds,
  }
}

function shares(requests: Record<string, number> | null): number[] | null {
  if (!requests) return null
  const counts = Object.values(requests)
  const total = counts.reduce((a, b) => a + b, 0)
  return total > 0 ? counts.map((count) => count / total) : null
}

function warningsFor(facts: Omit<Measurement, 'warnings'>, { trial, placement }: Readings): Warning[] {
  const { utilization, host } = facts
  const warnings: Warning[] = []
  const flag = (warning: Warning, when: boolean) => when && warnings.push(warning)

  const bottleneck = saturatedTier(utilization, placement)
  if (bottleneck) warnings.push(`${bottleneck}-saturated`)
  const replicaCores = new Set(placement.replicaCpus.slice(0, trial.arm.replicas).flat()).size
  flag(
    'replica-not-saturated',
    placement.method === 'taskset' && (utilization.replicas ?? 0) < limits.replicaBusy * replicaCores,
  )
  flag('replicas-share-cores', trial.arm.replicas > placement.maxExclusiveReplicas)
  flag('placement-unpinned', placement.method === 'none')
  flag('tier-not-measured', Object.values(utilization).includes(null))
  flag('foreign-cpu', (host.foreignCores ?? 0) > limits.foreignShare * host.cores)
  flag('steal', (host.stealShare ?? 0) > limits.stealShare)
  const even = 1 / trial.arm.replicas
  flag(
    'replicas-uneven',
    facts.replicaShare?.some((share) => Math.abs(share / even - 1) > limits.uneven) ?? false,
  )
  const reachable = Math.min(trial.arm.users, facts.requests)
  flag('users-not-rotating', facts.distinctUsers < limits.rotation * reachable)
  return warnings
}

/**
 * The largest consumer of a shared CPU set that is full. Tiers that share a set are judged together: on two cores
 * the generator, the proxy and Redis share one, and when that one is full none of them is to blame alone.
 */
function saturatedTier(
  utilization: Measurement['utilization'],
  { method, sharedCpus }: Placement,
): 'generator' | 'proxy' | 'redis' | null {
  if (method !== 'taskset') return null
  for (const cpus of Object.values(sharedCpus)) {
    const same = (['generator', 'proxy', 'redis'] as const).filter(
      (tier) => sharedCpus[tier].join() === cpus.join(),
    )
    const busy = same.reduce((total, tier) => total + (utilization[tier] ?? 0), 0)
    if (busy < limits.saturated * cpus.length) continue
    // Redis alone on its CPUs may be the scheme's own limit; together with the instrument it is the instrument's.
    const blamed = same.length > 1 ? same.filter((tier) => tier !== 'redis') : same
    return blamed.reduce((a, b) => ((utilization[b] ?? 0) > (utilization[a] ?? 0) ? b : a))
  }
  return null
}
