/** Shares of a number of independent tries: exact intervals, and what none seen among so many says of the rest. */
import { bisected } from './bisection.ts'
import type { Interval } from './median-interval.ts'

/**
 * The share and its exact interval (Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the
 * case of the binomial", Biometrika 26, 1934): each end is the share with which so many, or so few, would be seen with
 * half of what the confidence leaves. It holds the true share at least as often as it says, whatever that is.
 *
 * @param seen from 0 to n
 * @param n one or more
 * @throws RangeError for anything else
 */
export function proportion(seen: number, n: number, confidence = 0.95): Interval {
  if (!(Number.isInteger(n) && n >= 1 && Number.isInteger(seen) && seen >= 0 && seen <= n))
    throw new RangeError(`${seen} of ${n} is no share`)
  const outside = (1 - confidence) / 2
  return {
    value: seen / n,
    lo: seen === 0 ? 0 : bisected(0, 1, (p) => 1 - atMost(seen - 1, n, p) < outside),
    hi: seen === n ? 1 : bisected(0, 1, (p) => outside < atMost(seen, n, p)),
  }
}

/**
 * The largest share of all that may lie beyond the worst of n values, with this confidence: 1 − (1 − c)^(1/n), whatever
 * their distribution (Wilks, "Determination of sample sizes for setting tolerance limits", Annals of Mathematical
 * Statistics 12, 1941). For 95 % that is about 3/n.
 */
export function beyondWorst(n: number, confidence = 0.95): number {
  return 1 - (1 - confidence) ** (1 / n)
}

/** P(X <= k) of a binomial X with n tries of probability p, 0 < p < 1. */
function atMost(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p)
  let sum = Math.exp(logTerm)
  for (let i = 0; i < k; i++) {
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p)
    sum += Math.exp(logTerm)
  }
  return Math.min(1, sum)
}
