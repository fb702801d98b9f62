/** CPU of a request by tier as columns of a table: the first of them with its interval. */
import { SERVING } from '../record/tiers.ts'
import type { Estimate } from '../record/types.ts'
import type { Column } from './tables.ts'

/** @param lead what stands before the name of the first tier: the quantity and its unit */
export function cpuColumns<T extends { metrics: Readonly<Record<string, Estimate>> }>(
  lead: string,
  first: (cpu: Estimate | undefined, arm: T) => string,
  others: (cpu: Estimate | undefined) => string,
): Column<T>[] {
  return SERVING.map(({ key, name }, i) => {
    const print = i === 0 ? first : others
    return [i === 0 ? `${lead}${name}` : name, (arm) => print(arm.metrics[`cpuUsPerRequest.${key}`], arm)]
  })
}
