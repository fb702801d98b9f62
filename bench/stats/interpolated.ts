/** Between measured values: straight lines from one to the next. */
import type { Interval } from './median-interval.ts'

/** How far x lies from `low` to `high`, from 0 to 1. */
const shares = {
  linear: (x: number, low: number, high: number) => (x - low) / (high - low),
  /** For rates, which span decades. */
  log: (x: number, low: number, high: number) => Math.log(x / low) / Math.log(high / low),
}

/**
 * Value and ends at x, each on its own line; beyond the outermost points as there.
 *
 * @param points by rising x, at least one
 * @param scale of x, on which the lines are straight
 */
export function interpolated(
  points: readonly (readonly [x: number, y: Interval])[],
  x: number,
  scale: keyof typeof shares,
): Interval {
  const above = points.findIndex(([at]) => at >= x)
  const [low, high] = [points[above - 1], points[above]]
  const nearest = high ?? points.at(-1)
  if (!nearest) throw new RangeError('there is no point to read between')
  if (!low || !high) return nearest[1]
  const share = shares[scale](x, low[0], high[0])
  const at = (end: keyof Interval) => low[1][end] + share * (high[1][end] - low[1][end])
  return { value: at('value'), lo: at('lo'), hi: at('hi') }
}
