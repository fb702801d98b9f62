/** What a summary says of each arm: one table from a measurement to named numbers with units. */
import { SERVING, TIERS, type Tier } from '../record/tiers.ts'
import type { Estimate, Measurement, Warning } from '../record/types.ts'
import { FEW_BLOCKS, type Interval, medianInterval } from '../stats/median-interval.ts'
import { sum } from '../stats/sums.ts'
import { type ArmRecords, byBlock } from './records.ts'

interface Metric {
  unit: string
  /** Null where this measurement does not have it. */
  of: (measurement: Measurement) => number | null
}

/**
 * CPU of everything that serves a request: replicas, Redis and proxy, not the generator. A tier that could not be
 * read is left out, and its trial carries `tier-not-measured`; without the replicas there is no sum at all.
 */
export function servingCpuUs({ cpuUsPerRequest: cpu }: Measurement): number | null {
  return cpu.replicas === null ? null : sum(SERVING.map(({ key }) => cpu[key] ?? 0))
}

/** Used heap and external memory that the logins added, over all replicas; collected garbage before each reading. */
export function replicaGrowthBytes({ memory }: Measurement): number {
  return memory.loggedInReplicaBytes - memory.idleReplicaBytes
}

/** `used_memory` that the logins added; null without a Redis, or where it could not be read. */
export function redisGrowthBytes({
  memory: { idleRedisBytes, loggedInRedisBytes },
}: Measurement): number | null {
  return idleRedisBytes === null || loggedInRedisBytes === null ? null : loggedInRedisBytes - idleRedisBytes
}

const cpuOfTiers = Object.fromEntries(
  TIERS.map(({ key }): [string, Metric] => [
    `cpuUsPerRequest.${key}`,
    { unit: 'µs/request', of: (m) => m.cpuUsPerRequest[key] },
  ]),
) as Record<`cpuUsPerRequest.${Tier}`, Metric>

export const metrics = {
  throughputPerSec: { unit: 'requests/s', of: (m) => m.throughputPerSec },
  ...cpuOfTiers,
  'cpuUsPerRequest.total': { unit: 'µs/request', of: servingCpuUs },
  replicaRssBytes: { unit: 'bytes', of: (m) => sum(m.memory.replicaRssBytes) },
  replicaPeakRssBytes: {
    unit: 'bytes',
    of: ({ memory: { replicaPeakRssBytes: peaks = [] } }) => {
      const known = peaks.filter((peak) => peak !== null)
      return known.length === 0 ? null : Math.max(...known)
    },
  },
  bytesSentPerRequest: { unit: 'bytes/request', of: (m) => m.bytesPerRequest.sent },
  bytesReceivedPerRequest: { unit: 'bytes/request', of: (m) => m.bytesPerRequest.received },
  redisCommandsPerRequest: {
    unit: 'commands/request',
    of: (m) => (m.redisCommandsPerRequest ? sum(Object.values(m.redisCommandsPerRequest)) : null),
  },
  replicaGrowthBytes: { unit: 'bytes', of: replicaGrowthBytes },
  redisGrowthBytes: { unit: 'bytes', of: redisGrowthBytes },
} satisfies Record<string, Metric>

export type MetricName = keyof typeof metrics

/** A median over blocks with its interval; null without values. */
export function estimate(
  values: readonly number[],
  unit: string,
  context: { warnings: readonly Warning[] },
): Estimate | null {
  if (values.length === 0) return null
  return flagged(medianInterval(values), unit, values.length, context.warnings)
}

/** Of n blocks; fewer than five are flagged. */
export function flagged(interval: Interval, unit: string, n: number, known: readonly Warning[]): Estimate {
  const few: Warning[] = n < FEW_BLOCKS ? ['few-blocks'] : []
  // Most have none.
  const warnings = known.length === 0 ? few : [...new Set([...known, ...few])]
  const { value, lo, hi } = interval
  return { value, lo, hi, unit, n, warnings }
}

/** In another unit, in which what is more stays more. */
export function converted(estimate: Estimate, unit: string, of: (value: number) => number): Estimate {
  const { value, lo, hi } = estimate
  return { ...estimate, value: of(value), lo: of(lo), hi: of(hi), unit }
}

/** The same of a measurement of each block. */
export function estimateOf(records: ArmRecords, of: Metric['of'], unit: string): Estimate | null {
  return estimate([...byBlock(records, of).values()], unit, records)
}
