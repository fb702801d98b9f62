/** Correction for many comparisons at once. */

/**
 * p values adjusted over a family, in the order given (Holm, "A simple sequentially rejective multiple test
 * procedure", Scandinavian Journal of Statistics 6, 1979). Calling real what stays below 5 % errs anywhere in the
 * family in at most 5 % of families, however the comparisons depend on each other; here they share a control.
 *
 * The smallest of m is multiplied by m, the next by m − 1 and so on; none becomes smaller than one before it, or
 * larger than 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((a, b) => (pValues[a] as number) - (pValues[b] as number))
  const adjusted = pValues.map(() => 1)
  let least = 0
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * (pValues[index] as number)))
    adjusted[index] = least
  }
  return adjusted
}
