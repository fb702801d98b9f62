/** How memory grows with logged-in users. */
import type { Measurement } from '../record/types.ts'
import type { ArmRecords } from './records.ts'
import { slopesOver } from './slopes.ts'

/**
 * Nothing can be kept for a user in less than two references, to a key and to a value. What grows by fewer bytes a
 * login is something else: V8 goes on compiling and collecting statistics while the logins come in.
 */
export const LEAST_STATE_BYTES = 16

export type GrowthOf = (measurement: Measurement) => number | null

/** One slope a block, over the numbers of users measured in it. */
export function bytesPerUser(levels: readonly ArmRecords[], of: GrowthOf): number[] {
  return slopesOver(levels, ({ arm }) => arm.users, of)
}
