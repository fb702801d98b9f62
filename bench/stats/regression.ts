/** Slopes of straight lines, for quantities that are a price per unit: bytes a user. */
import { linearRegression } from 'simple-statistics'

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
