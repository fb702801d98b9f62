/** Student's t distribution, for whole degrees of freedom. */
import { bisected } from './bisection.ts'

/**
 * P(|T| <= |t|). The finite series for whole degrees of freedom (Abramowitz & Stegun, "Handbook of Mathematical
 * Functions", 1964, 26.7.3 for odd and 26.7.4 for even ones): exact but for rounding, and a few lines where the
 * incomplete beta function takes a page.
 *
 * @param degrees of freedom, 1 or more
 */
function centralProbability(t: number, degrees: number): number {
  if (t === 0) return 0
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees))
  const cosine = Math.cos(angle)
  const odd = degrees % 2
  let term = odd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let next = 2 + odd; next < degrees; next += 2) {
    term *= ((next - 1) / next) * cosine ** 2
    sum += term
  }
  const series = Math.sin(angle) * sum
  return odd ? (2 / Math.PI) * (angle + series) : series
}

/** Two-sided p: how often |T| is at least |t|. Absolute error about 1e-15. */
export function twoSidedP(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0
  return Math.min(1, Math.max(0, 1 - centralProbability(t, degrees)))
}

/** The t below which T falls with probability `p`, by bisection of the series. @param p above 0 and below 1 */
export function tQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -tQuantile(1 - p, degrees)
  const beyond = 2 * (1 - p)
  let high = 1
  while (twoSidedP(high, degrees) > beyond) high *= 2
  return bisected(0, high, (t) => twoSidedP(t, degrees) > beyond)
}
