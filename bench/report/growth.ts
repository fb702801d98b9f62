/** How things grow: throughput with replicas, memory with logged-in users. */
import { medianInterval } from '../stats/bootstrap.ts'
import { ownError, ratios } from '../stats/compare.ts'
import { type Point, slope } from '../stats/regression.ts'
import type { Estimate, Measurement, Summary, Warning } from '../types.ts'
import { type Comparison, instrumentLimit, union } from './comparisons.ts'
import { estimate, metrics, redisGrowthBytes, replicaGrowthBytes } from './metrics.ts'
import { type ArmRecords, byBlock, isControl } from './records.ts'

/** X(N) ÷ X(1), and E(N) = X(N) ÷ (N · X(1)) where each replica had a core of its own. */
export function scaling(all: readonly ArmRecords[], seed: number): Summary['scaling'] {
  const measured = all.filter(({ arm }) => arm.experiment === 'replicas')
  return measured.flatMap((many) => {
    const one = measured.find(({ arm }) => arm.scheme === many.arm.scheme && arm.replicas === 1)
    if (!one || one === many) return []
    const context = { seed, warnings: union([many, one]) }
    const throughput = (records: ArmRecords) => byBlock(records, metrics.throughputPerSec.of)
    const speedups = ratios(throughput(many), throughput(one))
    const speedup = estimate(speedups, 'ratio', context)
    if (!speedup) return []
    const { scheme, replicas } = many.arm
    const reason = withheld(many, context.warnings)
    const efficiency = reason
      ? null
      : estimate(
          speedups.map((x) => x / replicas),
          'ratio',
          context,
        )
    return [{ scheme, replicas, speedup, efficiency, withheld: reason }]
  })
}

/** Two replicas on one core cannot serve twice as much, whatever the scheme: there an efficiency would mislead. */
function withheld(many: ArmRecords, both: readonly Warning[]): Warning | null {
  if (many.warnings.includes('replicas-share-cores')) return 'replicas-share-cores'
  return instrumentLimit(both)
}

/**
 * Bytes a logged-in user, by scheme. What logins *added* is fitted, not what is there after them, so that neither
 * the server's own size nor that of its user directory is put down to the scheme. Growth counts as detected when
 * it exceeds what the control, which remembers nobody, seems to grow by, and is enough to hold anything at all.
 */
export function memoryPerUser(all: readonly ArmRecords[], seed: number): Summary['memoryPerUser'] {
  const measured = all.filter(({ arm }) => arm.experiment === 'users' && !arm.twin)
  const schemes = [...new Set(measured.map(({ arm }) => arm.scheme))]
  const of = (scheme: string) => measured.filter(({ arm }) => arm.scheme === scheme)
  const control = slopes(
    measured.filter(({ arm }) => isControl(arm)),
    replicaGrowthBytes,
  )
  const error = control.length > 0 ? ownError(medianInterval(control, { seed }), 0) : 0
  return schemes.flatMap((scheme) => {
    const context = { seed, warnings: union(of(scheme)) }
    const replica = estimate(slopes(of(scheme), replicaGrowthBytes), 'bytes/user', context)
    const redis = estimate(slopes(of(scheme), redisGrowthBytes), 'bytes/user', context)
    if (!replica) return []
    return [{ scheme, replicaBytes: grown(replica, error), redisBytes: redis && grown(redis, 0) }]
  })
}

/** A slope over 100,000 users rests on far more than its few blocks, so that two of them suffice here. */
function grown(bytes: Estimate, error: number): Comparison {
  return {
    estimate: bytes,
    detected: bytes.n >= 2 && bytes.lo > 0 && bytes.value > Math.max(error, LEAST_STATE_BYTES),
  }
}

/**
 * Nothing can be kept for a user in less than two references, to a key and to a value. What grows by fewer bytes a
 * login is something else: V8 goes on compiling and collecting statistics while the logins come in.
 */
const LEAST_STATE_BYTES = 16

/** One slope a block, over the numbers of users measured in it; blocks with a single number have none. */
function slopes(levels: readonly ArmRecords[], of: (measurement: Measurement) => number | null): number[] {
  const blocks = [...new Set(levels.flatMap(({ measured }) => [...measured.keys()]))].sort((a, b) => a - b)
  return blocks.flatMap((block) => {
    const points = levels.flatMap((level): Point[] => {
      const value = byBlock(level, of).get(block)
      return value === undefined ? [] : [[level.arm.users, value]]
    })
    return slope(points) ?? []
  })
}
