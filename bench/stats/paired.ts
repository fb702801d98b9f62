/** Comparisons within blocks, and the rule by which a difference counts as seen. */
import { groupedBy } from './groups.ts'
import type { Interval } from './median-interval.ts'
import { median } from './quantiles.ts'
import { detectable, pairedP } from './t-test.ts'

/** One number a block. */
export type ByBlock = ReadonlyMap<number, number>

/** With fewer blocks than this nothing is called detected, however large it looks. */
export const MIN_BLOCKS_TO_DETECT = 3

/**
 * One number a block from any number of them: their median. Several windows of one server process, or two equal
 * arms side by side, are not several blocks; counted as such they would make every interval too narrow.
 */
export function medianPerBlock(values: Iterable<readonly [block: number, value: number]>): ByBlock {
  const blocks = groupedBy([...values], ([block]) => block)
  return new Map([...blocks].map(([block, own]) => [block, median(own.map(([, value]) => value))]))
}

/**
 * `of` applied within each block that has both values, in block order. Pairing removes what a block has in common
 * (a slow hour, a hot machine); blocks where one side was rejected drop out instead of being compared across time.
 */
function withinBlocks(a: ByBlock, b: ByBlock, of: (a: number, b: number) => number): ByBlock {
  const pairs = [...a.keys()]
    .sort((x, y) => x - y)
    .flatMap((block) => {
      const left = a.get(block)
      const right = b.get(block)
      return left === undefined || right === undefined ? [] : [[block, of(left, right)] as const]
    })
  return new Map(pairs)
}

/** a − b within each block, by block. */
export function subtracted(a: ByBlock, b: ByBlock): ByBlock {
  return withinBlocks(a, b, (x, y) => x - y)
}

/** The same without the blocks. */
export function differences(a: ByBlock, b: ByBlock): number[] {
  return [...subtracted(a, b).values()]
}

/** a ÷ b within each block (of medians, by `medianPerBlock`); blocks with b = 0 have no ratio and drop out. */
export function ratios(a: ByBlock, b: ByBlock): number[] {
  return [...withinBlocks(a, b, (x, y) => x / y).values()].filter(Number.isFinite)
}

/** a × b within each block. */
export function multiplied(a: ByBlock, b: ByBlock): number[] {
  return [...withinBlocks(a, b, (x, y) => x * y).values()]
}

/**
 * How far two equal arms may lie apart by this run's own showing: the farther end of their interval from the
 * value that equal arms should give (0 for a difference, 1 for a ratio).
 */
export function ownError(equalArms: Interval, neutral: number): number {
  return Math.max(Math.abs(equalArms.lo - neutral), Math.abs(equalArms.hi - neutral))
}

/** Whether blocks agree on a direction, and how large an effect would have to be for them to show it. */
export interface Evidence {
  /** Two-sided, before any correction for the size of its family; null below two blocks. */
  p: number | null
  /** Distance from the neutral value, in the unit of the effect; null below two blocks. */
  detectable: number | null
}

/** Of differences within blocks against 0. */
export function evidenceOfDifferences(values: readonly number[]): Evidence {
  return { p: pairedP(values), detectable: detectable(values) }
}

/**
 * Of ratios within blocks against 1, on their logarithms: twice and half as much are then equally far from equal,
 * and noise in proportion to its value becomes the even noise that the t-test supposes.
 */
export function evidenceOfRatios(values: readonly number[]): Evidence {
  if (!values.every((value) => value > 0)) return { p: null, detectable: null }
  const logarithms = values.map(Math.log)
  const least = detectable(logarithms)
  return { p: pairedP(logarithms), detectable: least === null ? null : Math.expm1(least) }
}

const SIGNIFICANT = 0.05

/**
 * Whether an effect counts as seen. Four things are asked, since each alone is too weak on a noisy machine: its
 * interval excludes `neutral`, as those of equal arms at five blocks do in 6 % of cases; p stays below 5 % after
 * Holm's correction, since without it ten equal schemes hold one that differs in four runs of ten; it is larger
 * than `error`, the run's own A/A error, whatever the shape of the noise; and there are enough blocks.
 *
 * The tests measure what that does. Of simulated runs of ten equal schemes 1 or 2 % call any of them different; by
 * intervals alone half of them would. With 13 % noise a trial, five blocks see a 60 % effect seven times in ten
 * where all others are equal and nine times in ten where they differ too, ten blocks always; three hardly ever do.
 *
 * @param effect p adjusted over its family; n blocks
 * @param error null when the run holds no A/A comparison; then nothing is detected
 */
export function detected(
  effect: Interval & { n: number; p: number | null },
  neutral: number,
  error: number | null,
): boolean {
  if (error === null || effect.p === null || effect.n < MIN_BLOCKS_TO_DETECT) return false
  const excludesNeutral = effect.lo > neutral || effect.hi < neutral
  return excludesNeutral && effect.p < SIGNIFICANT && Math.abs(effect.value - neutral) > error
}
