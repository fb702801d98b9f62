/** Several windows of replicas that took turns become one record. Pure. */
import type { Measurement, Warning } from './types.ts'

/** A gate is broken when at least this share of the windows break it: one of many is chance. */
const BROKEN_FROM = 0.5

type Tiers = Measurement['cpuUsPerRequest']

/**
 * Counts are summed, figures a request are weighted by requests, figures of a moment by time. Quantiles cannot be
 * pooled: latency is that of the slowest window, delay of the event loop that of the worst.
 *
 * @param windows at least one, of equal load, whose groups of replicas are equally large
 */
export function pooled(windows: readonly Measurement[]): Measurement {
  const [first] = windows
  if (!first) throw new RangeError('there is no window to pool')
  const total = (of: (window: Measurement) => number) => windows.reduce((sum, window) => sum + of(window), 0)
  const requests = total((window) => window.requests)
  const windowSec = total((window) => window.windowSec)
  const mean = (of: (window: Measurement) => number | null, weight: (window: Measurement) => number) => {
    const known = windows.flatMap((window) => {
      const value = of(window)
      return value === null ? [] : [{ value, weight: weight(window) }]
    })
    const weights = known.reduce((sum, one) => sum + one.weight, 0)
    return weights > 0 ? known.reduce((sum, one) => sum + one.value * one.weight, 0) / weights : null
  }
  const byRequests = (of: (window: Measurement) => number | null) => mean(of, (window) => window.requests)
  const byTime = (of: (window: Measurement) => number | null) => mean(of, (window) => window.windowSec)
  const tiers = (of: (tier: keyof Tiers) => number | null): Tiers => ({
    replicas: of('replicas'),
    redis: of('redis'),
    proxy: of('proxy'),
    generator: of('generator'),
  })
  const worst = (of: (window: Measurement) => number) =>
    windows.reduce((a, b) => (of(b) > of(a) ? b : a), first)
  return {
    ...first,
    windowSec,
    requests,
    throughputPerSec: requests / windowSec,
    statusCounts: summed(windows.map(({ statusCounts }) => statusCounts)),
    errors: total(({ errors }) => errors),
    verifiedBodies: total(({ verifiedBodies }) => verifiedBodies),
    wrongAnswers: total(({ wrongAnswers }) => wrongAnswers),
    distinctUsers: Math.max(...windows.map(({ distinctUsers }) => distinctUsers)),
    latencyUs: worst(({ latencyUs }) => latencyUs.mean).latencyUs,
    cpuUsPerRequest: tiers((tier) => byRequests(({ cpuUsPerRequest }) => cpuUsPerRequest[tier])),
    utilization: tiers((tier) => byTime(({ utilization }) => utilization[tier])),
    redisCommandsPerRequest: commands(windows, requests),
    bytesPerRequest: {
      sent: byRequests(({ bytesPerRequest }) => bytesPerRequest.sent) ?? 0,
      received: byRequests(({ bytesPerRequest }) => bytesPerRequest.received) ?? 0,
    },
    eventLoopDelayUs: worst(({ eventLoopDelayUs }) => eventLoopDelayUs?.p99 ?? 0).eventLoopDelayUs,
    replicaShare: worst(({ replicaShare }) => Math.max(...(replicaShare ?? [0]))).replicaShare,
    host: {
      ...first.host,
      busyCores: byTime(({ host }) => host.busyCores),
      foreignCores: byTime(({ host }) => host.foreignCores),
      stealShare: byTime(({ host }) => host.stealShare),
      probeCores: byTime(({ host }) => host.probeCores) ?? 0,
    },
    checks: {
      littleRatio: byTime(({ checks }) => checks.littleRatio),
      replicaWaitShare: byTime(({ checks }) => checks.replicaWaitShare),
      throttledShare: byTime(({ checks }) => checks.throttledShare),
      cpuTrend: byTime(({ checks }) => checks.cpuTrend),
    },
    warnings: brokenByMost(windows),
  }
}

function brokenByMost(windows: readonly Measurement[]): Warning[] {
  const all = windows.flatMap(({ warnings }) => warnings)
  return [...new Set(all)].filter(
    (warning) => all.filter((other) => other === warning).length >= BROKEN_FROM * windows.length,
  )
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const one of counts) {
    for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}

function commands(windows: readonly Measurement[], requests: number): Record<string, number> | null {
  const sent = windows.map(
    ({ redisCommandsPerRequest, requests }) =>
      redisCommandsPerRequest && inTotal(redisCommandsPerRequest, requests),
  )
  if (sent.some((one) => one === null) || requests === 0) return null
  return inTotal(summed(sent as Record<string, number>[]), 1 / requests)
}

function inTotal(perRequest: Readonly<Record<string, number>>, times: number): Record<string, number> {
  return Object.fromEntries(Object.entries(perRequest).map(([name, value]) => [name, value * times]))
}
