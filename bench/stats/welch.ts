/** Two samples that have nothing in common, such as the blocks of two runs. */
import { mean, sampleVariance } from 'simple-statistics'
import type { Interval } from './median-interval.ts'
import { tQuantile, twoSidedP } from './student-t.ts'

/**
 * Welch's t-test (B. L. Welch, "The generalization of 'Student's' problem when several different population variances
 * are involved", Biometrika 34, 1947): t = (x̄ − ȳ) ÷ √(s²ₓ/n + s²ᵧ/m), with the degrees of freedom of Satterthwaite
 * (Biometrics Bulletin 2, 1946), rounded down to a whole number, which errs to the safe side.
 *
 * @returns mean of the first minus mean of the second with its 95 % interval, and p, two-sided and before any correction
 * for the size of its family; null where a sample has fewer than two values, which say nothing about their own noise
 */
export function welch(a: readonly number[], b: readonly number[]): (Interval & { p: number }) | null {
  if (a.length < 2 || b.length < 2) return null
  const value = mean([...a]) - mean([...b])
  const [ofA, ofB] = [sampleVariance([...a]) / a.length, sampleVariance([...b]) / b.length]
  const variance = ofA + ofB
  if (variance === 0) return { value, lo: value, hi: value, p: value === 0 ? 1 : 0 }
  const degrees = variance ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1))
  // At least the smaller sample's own, whatever rounding does.
  const whole = Math.max(1, Math.min(a.length, b.length) - 1, Math.floor(degrees))
  const error = Math.sqrt(variance)
  const reach = tQuantile(0.975, whole) * error
  return { value, lo: value - reach, hi: value + reach, p: twoSidedP(value / error, whole) }
}

/**
 * The ratio of geometric means of two samples that have nothing in common, by Welch on the logarithms; without an interval
 * (lo = hi = value) where a sample has a single value.
 *
 * @returns null where a sample is empty, or a value not above zero
 */
export function ratioApart(a: readonly number[], b: readonly number[]): Interval | null {
  if (a.length === 0 || b.length === 0 || ![...a, ...b].every((value) => value > 0)) return null
  const [ofA, ofB] = [a.map(Math.log), b.map(Math.log)]
  const value = mean(ofA) - mean(ofB)
  const { lo, hi } = welch(ofA, ofB) ?? { lo: value, hi: value }
  return { value: Math.exp(value), lo: Math.exp(lo), hi: Math.exp(hi) }
}
