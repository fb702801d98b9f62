/** Slopes of straight lines, for quantities that are a price per unit: bytes a user. */
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
  if (new Set(points.map(([x]) => x)).size < 2) return null
  const { m, b } = linearRegression(points.map(([x, y]) => [x, y]))
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
 * @returns null below four points, or where the others of some point do not differ in x
 */
export function missesLeftOut(points: readonly Point[], weights: readonly number[]): number[] | null {
  if (points.length < LEAST_POINTS) return null
  const all = sum(weights)
  const weighted = (of: (point: Point) => number) =>
    sum(points.map((point, i) => (weights[i] ?? 0) * of(point))) / all
  const [middleX, middleY] = [weighted(([x]) => x), weighted(([, y]) => y)]
  const spread = weighted(([x]) => (x - middleX) ** 2)
  const rise = weighted(([x, y]) => (x - middleX) * (y - middleY)) / spread
  const misses = points.map(([x, y], i) => {
    const pull = ((weights[i] ?? 0) / all) * (1 + (x - middleX) ** 2 / spread)
    return (y - middleY - rise * (x - middleX)) / (1 - pull)
  })
  return misses.every(Number.isFinite) ? misses : null
}

/** Three others, so that they can contradict a line. */
const LEAST_POINTS = 4
