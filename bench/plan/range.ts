/** Arithmetic of quantities that are known as a value and an interval; all of them positive or zero. */
import type { Interval } from '../stats/median-interval.ts'

/** A quantity, and the range that the measured intervals leave for it. */
export type Range = Interval

/** The same for the value and for either end. */
export function each(of: (end: keyof Range) => number): Range {
  return { value: of('value'), lo: of('lo'), hi: of('hi') }
}

/** Without the unit, n and warnings that an estimate also has. */
export const rangeOf = (a: Range) => each((end) => a[end])

export const exactly = (value: number) => each(() => value)
export const scaled = (a: Range, factor: number) => each((end) => a[end] * factor)
export const times = (a: Range, b: Range) => each((end) => a[end] * b[end])
export const plus = (a: Range, b: Range) => each((end) => a[end] + b[end])
export const larger = (a: Range, b: Range) => each((end) => Math.max(a[end], b[end]))
export const smaller = (a: Range, b: Range) => each((end) => Math.min(a[end], b[end]))
export const atMost = (a: Range, limit: number) => each((end) => Math.min(a[end], limit))

/** Infinite where `b` reaches zero. */
export function over(a: Range, b: Range): Range {
  return { value: a.value / b.value, lo: a.lo / b.hi, hi: a.hi / b.lo }
}

/** Whole units, and at least one: nobody rents a part of one. */
export function wholeUnits(a: Range): Range {
  // Products of decimals end a hair above a whole number now and then, which is no reason for one more unit.
  return each((end) => Math.max(1, Math.ceil(a[end] - 1e-9)))
}
