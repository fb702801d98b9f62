/** Where something that was measured at some loads rises to zero. */

/**
 * The x at which a line through the points, straight over log x, first rises from below zero to it; null where it does not,
 * or begins there.
 *
 * @param points by rising x, all above 0
 */
export function crossingOf(points: readonly (readonly [x: number, y: number])[]): number | null {
  const at = points.findIndex(([, y]) => y >= 0)
  const [before, after] = [points[at - 1], points[at]]
  if (!before || !after) return null
  const [[x0, y0], [x, y]] = [before, after]
  // Not by `**`, whose last bit depends on whether the engine has compiled the function.
  return x0 * Math.exp((-y0 / (y - y0)) * Math.log(x / x0))
}
