/** The one home of slopes over sizes: bytes a user, µs a byte of state, ms of an answer for each ms of distance. */
import type { Measurement } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { type Point, slope } from '../stats/regression.ts'
import { type ArmRecords, byBlock } from './records.ts'

/** One observation of a block: where, and what. */
export type Observation = readonly [block: number, x: number, y: number]

/** One least-squares slope a block, in units of y per unit of x, by rising block; a block with a single x has none. */
export function slopePerBlock(observations: readonly Observation[]): number[] {
  const blocks = [...groupedBy(observations, ([block]) => block)].sort(([a], [b]) => a - b)
  return blocks.flatMap(([, own]) => slope(own.map(([, x, y]): Point => [x, y])) ?? [])
}

/** The same over arms that differ in `x`. */
export function slopesOver(
  arms: readonly ArmRecords[],
  x: (arm: ArmRecords) => number,
  of: (measurement: Measurement) => number | null,
): number[] {
  return slopePerBlock(
    arms.flatMap((arm) => [...byBlock(arm, of)].map(([block, y]): Observation => [block, x(arm), y])),
  )
}

/**
 * Nothing can be kept for a user in less than two references, to a key and to a value. What grows by fewer bytes a
 * login is something else: V8 goes on compiling and collecting statistics while the logins come in.
 */
export const LEAST_STATE_BYTES = 16

export type GrowthOf = (measurement: Measurement) => number | null

/** How memory grows with logged-in users. */
export function bytesPerUser(levels: readonly ArmRecords[], of: GrowthOf): number[] {
  return slopesOver(levels, ({ arm }) => arm.users, of)
}
