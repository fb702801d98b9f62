/** How memory grows with logged-in users: one home for the slope that reports, comparisons and the rule for ending rest on. */
import type { Measurement } from '../record/schema/trial.ts'
import { type Point, slope } from '../stats/regression.ts'
import { type ArmRecords, byBlock } from './records.ts'

/**
 * Nothing can be kept for a user in less than two references, to a key and to a value. What grows by fewer bytes a
 * login is something else: V8 goes on compiling and collecting statistics while the logins come in.
 */
export const LEAST_STATE_BYTES = 16

export type GrowthOf = (measurement: Measurement) => number | null

/** One slope a block, over the numbers of users measured in it; blocks with a single number have none. */
export function bytesPerUser(levels: readonly ArmRecords[], of: GrowthOf): number[] {
  const blocks = [...new Set(levels.flatMap(({ measured }) => [...measured.keys()]))].sort((a, b) => a - b)
  return blocks.flatMap((block) => {
    const points = levels.flatMap((level): Point[] => {
      const value = byBlock(level, of).get(block)
      return value === undefined ? [] : [[level.arm.users, value]]
    })
    return slope(points) ?? []
  })
}
