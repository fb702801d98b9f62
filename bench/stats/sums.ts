/** Sums in the order of the values. Those of simple-statistics correct each step, and would differ in the last digit. */

/** A loop, since little else is done as often. */
export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i] as number
  return total
}

/** NaN for no values. */
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length
