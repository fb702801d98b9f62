/** Lines through points: straight ones, for quantities that are a price per unit, and ones that never fall. */
import { linearRegression } from 'simple-statistics'
import { sum } from './sums.ts'

/** x and y of one observation. */
export type Point = readonly [x: number, y: number]

/**
 * The ordinary least-squares line, y = intercept + slope · x. The intercept is left free: it takes up what a server needs
 * once, whatever the number of users or requests.
 *
 * @returns null when all x are equal, since then nothing says how y grows
 */
export function line(points: readonly Point[]) {
  if (points.every(([x]) => x === points[0]?.[0])) return null
  // It only reads them, and a copy for each of thousands of resamples would take longer than the fit.
  const { m, b } = linearRegression(points as [number, number][])
  return { slope: m, intercept: b }
}

/** Slope of `line`, in units of y per unit of x; null when all x are equal. */
export function slope(points: readonly Point[]): number | null {
  return line(points)?.slope ?? null
}

/**
 * By how much a weighted least-squares line misses each point when it is fitted to all others: y minus what they predict, in
 * the unit of y, in the order of the points. From one fit, by the point's own pull on it (Allen, "The relationship between
 * variable selection and data augmentation and a method for prediction", Technometrics 16, 1974).
 *
 * @param weights 1 ÷ variance of each y, all above 0
 * @returns what tells it of any y at these x, as a bootstrap draws thousands of them; null below four points, or where the
 * others of some point do not differ in x
 */
export function missesLeftOut(
  xs: readonly number[],
  weights: readonly number[],
): ((ys: readonly number[]) => number[]) | null {
  if (xs.length < LEAST_POINTS) return null
  const all = sum(weights)
  const weighted = (values: readonly number[]) => {
    let total = 0
    for (let i = 0; i < values.length; i++) total += (weights[i] as number) * (values[i] as number)
    return total / all
  }
  const middleX = weighted(xs)
  const fromMiddle = xs.map((x) => x - middleX)
  const spread = weighted(fromMiddle.map((by) => by ** 2))
  const rests = fromMiddle.map((by, i) => 1 - ((weights[i] ?? 0) / all) * (1 + by ** 2 / spread))
  if (!rests.every((rest) => Number.isFinite(1 / rest))) return null
  return (ys) => {
    const middleY = weighted(ys)
    const rise = weighted(ys.map((y, i) => (fromMiddle[i] as number) * (y - middleY))) / spread
    return ys.map((y, i) => (y - middleY - rise * (fromMiddle[i] as number)) / (rests[i] as number))
  }
}

/** Three others, so that they can contradict a line. */
const LEAST_POINTS = 4

interface Pool {
  sum: number
  size: number
}

const meanOf = ({ sum, size }: Pool) => sum / size

/**
 * Least squares among sequences that never fall, by pooling neighbours that do (Ayer, Brunk, Ewing, Reid & Silverman, "An empirical
 * distribution function for sampling with incomplete information", Annals of Mathematical Statistics 26, 1955).
 */
export function neverFalling(values: readonly number[]): number[] {
  const pools: Pool[] = []
  for (const value of values) {
    let last: Pool = { sum: value, size: 1 }
    for (let before = pools.at(-1); before && meanOf(before) > meanOf(last); before = pools.at(-1)) {
      pools.pop()
      last = { sum: before.sum + last.sum, size: before.size + last.size }
    }
    pools.push(last)
  }
  return pools.flatMap((pool) => Array<number>(pool.size).fill(meanOf(pool)))
}
