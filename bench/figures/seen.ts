/** What trials saw, beside what they measured: the one loop that collects it. */
import type { Arm, Measurement, Run, TrialResult, Warning } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { sum } from '../stats/sums.ts'
import { inTableOrder } from './records.ts'

export interface Seen<What> {
  arm: Arm
  /** Ids, each once: a trial that was measured again has several records. */
  trials: string[]
  /** One for each record. */
  seen: What[]
  /** Of any of them. */
  warnings: Warning[]
}

/**
 * By planned arm, in table order; arms without any observation are left out. Rejected trials count as well, since what
 * happened has happened, however busy the machine was.
 */
export function seenByArm<What>(
  run: Run,
  results: readonly TrialResult[],
  what: (measurement: Measurement) => What | null,
): Seen<What>[] {
  const all = results.flatMap(({ trial, measurement }) => {
    const seen = measurement && what(measurement)
    return seen ? [{ arm: trial.arm.id, id: trial.id, seen, warnings: measurement.warnings }] : []
  })
  const byArm = groupedBy(all, ({ arm }) => arm)
  const arms = new Map(run.plan.flatMap(({ arm }) => (byArm.has(arm.id) ? [[arm.id, arm]] : [])))
  return [...arms.values()].sort(inTableOrder).map((arm) => {
    const found = byArm.get(arm.id) ?? []
    const trials = [...new Set(found.map(({ id }) => id))]
    const warnings = [...new Set(found.flatMap((one) => one.warnings))]
    return { arm, trials, seen: found.map(({ seen }) => seen), warnings }
  })
}

/** What was observed of that kind during a window. */
export const observed =
  <Kind extends NonNullable<Measurement['observed']>['kind']>(kind: Kind) =>
  ({ observed: found }: Measurement) =>
    found?.kind === kind ? (found as Extract<typeof found, { kind: Kind }>) : null

/** What was examined of that kind before a window. */
export const examined =
  <Kind extends NonNullable<Measurement['examined']>['kind']>(kind: Kind) =>
  ({ examined: found }: Measurement) =>
    found?.kind === kind ? (found as Extract<typeof found, { kind: Kind }>) : null

/** A count over all that was seen. */
export function totalOf<Key extends string>(all: readonly Record<Key, number>[], key: Key): number {
  return sum(all.map((one) => one[key]))
}
