/** Puts one window's readings together into its record, with the gates that it breaks. Pure. */
import type { Load, LoadReport, LoginReport } from '../load/job.ts'
import type { MemoryReading, WindowReading } from '../probe/probe.ts'
import { ofTiers } from '../record/tiers.ts'
import type { Gate, Measurement, Placement, Trial } from '../record/types.ts'
import { checks } from './checks.ts'
import { breached } from './gates.ts'

/** Users that are logged in, what they took, and what the proxy said before. */
export interface Seeded {
  idle: MemoryReading
  loggedIn: MemoryReading
  logins: LoginReport
  protocols: Measurement['protocols']
}

export interface Readings extends Seeded {
  trial: Trial
  placement: Placement
  /** The run's own, as its rules have them. */
  gates: readonly Gate[]
  /** The load that was asked for in this window, and what became of it. */
  sent: Load
  load: LoadReport
  window: WindowReading
}

export function toMeasurement(readings: Readings): Measurement {
  const { trial, load, sent, window, idle, loggedIn, logins, protocols, placement } = readings
  const perRequest = (value: number | null) =>
    value === null || load.requests === 0 ? null : value / load.requests
  const cores = (us: number | null) => (us === null ? null : us / 1e6 / window.seconds)
  const { tierCpuUs } = window
  const worst = window.replicas.reduce((a, b) => (b.eventLoopDelayUs.p99 > a.eventLoopDelayUs.p99 ? b : a))
  const { requestsPerSlice: _slices, wrongExamples: _examples, bytesSent, bytesReceived, ...counted } = load
  const facts = {
    ...counted,
    throughputPerSec: load.requests / load.windowSec,
    journeys: load.journeys ?? null,
    handshakes: load.handshakes ?? null,
    protocols,
    cpuUsPerRequest: ofTiers((tier) => perRequest(tierCpuUs[tier])),
    utilization: ofTiers((tier) => cores(tierCpuUs[tier])),
    memory: {
      replicaRssBytes: window.replicas.map(({ rssBytes }) => rssBytes),
      replicaPeakRssBytes: window.replicaPeakRssBytes,
      replicaHeapBytes: window.replicas.map(({ heapBytes }) => heapBytes),
      idleReplicaBytes: idle.replicaBytes,
      loggedInReplicaBytes: loggedIn.replicaBytes,
      idleReplicaRssBytes: idle.replicaRssBytes,
      loggedInReplicaRssBytes: loggedIn.replicaRssBytes,
      idleRedisBytes: idle.redisBytes,
      loggedInRedisBytes: loggedIn.redisBytes,
    },
    redisCommandsPerRequest: window.redisCommandsPerRequest(load.requests),
    bytesPerRequest: { sent: perRequest(bytesSent) ?? 0, received: perRequest(bytesReceived) ?? 0 },
    eventLoopDelayUs: worst.eventLoopDelayUs,
    replicaShare: shares(window.replicaRequests),
    host: hostReading(window, placement.cores),
    checks: checks(load, sent, window, placement, trial.arm.quotas),
    logins,
  }
  const popularityExponent = sent.loop === 'journey' ? undefined : sent.popularityExponent
  const context = { arm: trial.arm, loop: sent.loop, popularityExponent, placement }
  return { ...facts, warnings: breached(readings.gates, facts, context) }
}

function hostReading(
  { host, seconds, tierCpuUs, harnessCpuUs, linkCpuUs, aboutCpuUs, pace }: WindowReading,
  cores: number,
): Measurement['host'] {
  const parts = [...Object.values(tierCpuUs), linkCpuUs, aboutCpuUs]
  const own = parts.includes(null) ? null : parts.reduce<number>((a, b) => a + (b ?? 0), harnessCpuUs)
  return {
    cores,
    busyCores: host ? host.busyUs / 1e6 / seconds : null,
    // Ticks of 10 ms against nanoseconds: a quiet machine can come out a hair below zero.
    foreignCores: host && own !== null ? Math.max(0, (host.busyUs - own) / 1e6 / seconds) : null,
    stealShare: host && host.totalUs > 0 ? host.stealUs / host.totalUs : null,
    probeCores: harnessCpuUs / 1e6 / seconds,
    ...(linkCpuUs ? { linkCores: linkCpuUs / 1e6 / seconds } : {}),
    ...(pace === null ? {} : { pace }),
  }
}

function shares(requests: Record<string, number> | null): number[] | null {
  if (!requests) return null
  const counts = Object.values(requests)
  const total = counts.reduce((a, b) => a + b, 0)
  return total > 0 ? counts.map((count) => count / total) : null
}
