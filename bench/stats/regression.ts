/** Slopes of straight lines, for quantities that are a price per unit: bytes a user. */
import { linearRegression } from 'simple-statistics'

/** x and y of one observation. */
export type Point = readonly [x: number, y: number]

/**
 * Slope of the ordinary least-squares line, in units of y per unit of x. The intercept is left free: it takes up
 * what a server needs once, whatever the number of users.
 *
 * @returns null when all x are equal, since then nothing says how y grows
 */
export function slope(points: readonly Point[]): number | null {
  if (new Set(points.map(([x]) => x)).size < 2) return null
  return linearRegression(points.map(([x, y]) => [x, y])).m
}
