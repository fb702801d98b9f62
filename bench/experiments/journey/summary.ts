/** What a whole journey costs, and how long its steps take. */
import type { Comparison } from '../../figures/comparisons.ts'
import { converted, estimate, estimateOf, metrics } from '../../figures/metrics.ts'
import { type ArmRecords, byBlock, isControl } from '../../figures/records.ts'
import { totalOf } from '../../figures/seen.ts'
import { stepsOf } from '../../record/journey.ts'
import { ofServing, ofTiers, type ServingTier } from '../../record/tiers.ts'
import type { Measurement } from '../../record/types.ts'
import { median } from '../../stats/quantiles.ts'
import type { Summary } from './schema.ts'

type JourneySummary = Summary['journeys'][number]
type Of = (measurement: Measurement) => number | null

const valuesOf = (records: ArmRecords, of: Of) => [...byBlock(records, of).values()]

/** @param taxOf CPU µs that an arm adds to a request of the controls */
export function journeys(
  all: readonly ArmRecords[],
  taxOf: (armId: string) => Comparison | null,
): Summary['journeys'] {
  return all.flatMap((records) => {
    const { arm, measured } = records
    if (arm.load.loop !== 'journey' || measured.size === 0) return []
    const steps = stepsOf(arm.load)
    const whole = (of: Of, unit: string) => {
      const values = valuesOf(records, of).map((value) => value * steps)
      return estimate(values, unit, records)
    }
    const cpuOf = (tier: ServingTier | 'total') => whole(metrics[`cpuUsPerRequest.${tier}`].of, 'µs/journey')
    const counts = [...measured.values()].flatMap((one) => one.journeys ?? [])
    const latency = latencies(records)
    if (!latency) return []
    return [
      {
        arm: arm.id,
        steps,
        cpuUs: { ...ofServing(cpuOf), total: cpuOf('total') },
        taxUs: isControl(arm) ? null : scaled(taxOf(arm.id), steps),
        redisCommands: whole(metrics.redisCommandsPerRequest.of, 'commands/journey'),
        started: totalOf(counts, 'started'),
        finished: totalOf(counts, 'finished'),
        failed: totalOf(counts, 'failed'),
        utilization: utilization(records),
        latency,
      },
    ]
  })
}

function scaled(tax: Comparison | null, by: number): Comparison | null {
  if (!tax) return null
  return {
    ...tax,
    estimate: converted(tax.estimate, 'µs/journey', (us) => us * by),
    detectable: tax.detectable === null ? null : tax.detectable * by,
  }
}

/** Null where a step was never seen in any block. */
function latencies(records: ArmRecords): JourneySummary['latency'] | null {
  const of = (step: keyof JourneySummary['latency']) => {
    const quantile = (key: 'p50' | 'p99') => {
      const ofStep: Of = ({ journeys }) => {
        const seen = journeys?.steps[step]
        return seen && seen.count > 0 ? seen.latencyUs[key] : null
      }
      return estimateOf(records, ofStep, 'µs')
    }
    const [p50Us, p99Us] = [quantile('p50'), quantile('p99')]
    return p50Us && p99Us ? { p50Us, p99Us } : null
  }
  const [login, read, write, logout] = [of('login'), of('read'), of('write'), of('logout')]
  return login && read && write && logout ? { login, read, write, logout } : null
}

function utilization(records: ArmRecords): JourneySummary['utilization'] {
  return ofTiers((tier) => {
    const values = valuesOf(records, (measurement) => measurement.utilization[tier])
    return values.length > 0 ? median(values) : null
  })
}
