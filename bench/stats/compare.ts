/** Comparisons within blocks, and the rule by which a difference counts as seen. */
import type { Interval } from './bootstrap.ts'

/** One number a block. */
export type ByBlock = ReadonlyMap<number, number>

/** With fewer blocks than this nothing is called detected, however large it looks. */
export const MIN_BLOCKS_TO_DETECT = 3

/**
 * `of` applied within each block that has both values, in block order. Pairing removes what a block has in common
 * (a slow hour, a hot machine); blocks where one side was rejected drop out instead of being compared across time.
 */
function withinBlocks(a: ByBlock, b: ByBlock, of: (a: number, b: number) => number): number[] {
  return [...a.keys()]
    .sort((x, y) => x - y)
    .flatMap((block) => {
      const left = a.get(block)
      const right = b.get(block)
      return left === undefined || right === undefined ? [] : [of(left, right)]
    })
}

/** a − b within each block. */
export function differences(a: ByBlock, b: ByBlock): number[] {
  return withinBlocks(a, b, (x, y) => x - y)
}

/** a ÷ b within each block; blocks with b = 0 have no ratio and drop out. */
export function ratios(a: ByBlock, b: ByBlock): number[] {
  return withinBlocks(a, b, (x, y) => x / y).filter(Number.isFinite)
}

/**
 * How far two equal arms may lie apart by this run's own showing: the farther end of their interval from the
 * value that equal arms should give (0 for a difference, 1 for a ratio).
 */
export function ownError(equalArms: Interval, neutral: number): number {
  return Math.max(Math.abs(equalArms.lo - neutral), Math.abs(equalArms.hi - neutral))
}

/**
 * Whether an effect counts as seen: its interval excludes `neutral`, and it is larger than `error`, the run's own
 * A/A error. Either alone is too weak on a noisy machine: at five blocks two equal arms fall on one side in 6 % of
 * cases, and an A/A comparison says nothing about direction. How often both let pass a difference that is not
 * there is measured in the test: about 4 % of comparisons at three blocks, under 1 % at five and ten. The price is power:
 * with 13 % noise a trial, five blocks see a 60 % effect nine times in ten and a 20 % effect once in six.
 *
 * @param n blocks behind the interval
 * @param error null when the run holds no A/A comparison; then nothing is detected
 */
export function detected(effect: Interval & { n: number }, neutral: number, error: number | null): boolean {
  if (error === null || effect.n < MIN_BLOCKS_TO_DETECT) return false
  const excludesNeutral = effect.lo > neutral || effect.hi < neutral
  return excludesNeutral && Math.abs(effect.value - neutral) > error
}
