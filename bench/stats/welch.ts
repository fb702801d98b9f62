/** Two samples that have nothing in common, such as the blocks of two runs. */
import { mean, sampleVariance } from 'simple-statistics'
import type { Interval } from './median-interval.ts'
import { AS_GOOD_AS_NORMAL, type Between } from './occasions.ts'
import { tQuantile, twoSidedP } from './student-t.ts'

/** A value with its standard error, and the degrees of freedom that tell it. */
export interface Estimated {
  value: number
  /** Null for a single value, which says nothing of its own noise. */
  error: number | null
  degrees: number
}

/** The mean of a sample. @param values at least one */
export function estimated(values: readonly number[]): Estimated {
  const all = [...values]
  const error = all.length < 2 ? null : Math.sqrt(sampleVariance(all) / all.length)
  return { value: mean(all), error, degrees: all.length - 1 }
}

/**
 * Welch's t-test (B. L. Welch, "The generalization of 'Student's' problem when several different population variances
 * are involved", Biometrika 34, 1947): t = (x̄ − ȳ) ÷ √(s²ₓ/n + s²ᵧ/m), with the degrees of freedom of Satterthwaite
 * (Biometrics Bulletin 2, 1946), rounded down to a whole number, which errs to the safe side.
 *
 * @returns mean of the first minus mean of the second with its 95 % interval, and p, two-sided and before any correction
 * for the size of its family; null where a sample has fewer than two values, which say nothing about their own noise
 */
export function welch(a: readonly number[], b: readonly number[]): (Interval & { p: number }) | null {
  return a.length < 2 || b.length < 2 ? null : apart(estimated(a), estimated(b))
}

/**
 * The same of what the samples came to.
 *
 * @param between what each of the two varies by besides, where that is known: runs of a machine differ by more than their errors
 */
export function apart(
  a: Estimated,
  b: Estimated,
  between: Between | null = null,
): (Interval & { p: number }) | null {
  if (a.error === null || b.error === null) return null
  const value = a.value - b.value
  const [ofA, ofB] = [a.error ** 2, b.error ** 2]
  // That of the one and of the other, told from the same occasions.
  const both = 2 * ((between?.variance ?? 0) + (between?.noise ?? 0))
  const variance = ofA + ofB + 2 * (between?.variance ?? 0)
  if (variance === 0) return { value, lo: value, hi: value, p: value === 0 ? 1 : 0 }
  const parts = ofA ** 2 / a.degrees + ofB ** 2 / b.degrees + (between ? both ** 2 / between.degrees : 0)
  // A sum of two parts is told no worse than the worse of them, whatever rounding does.
  const least = between ? 1 : Math.min(a.degrees, b.degrees)
  const whole = Math.min(AS_GOOD_AS_NORMAL, Math.max(1, least, Math.floor(variance ** 2 / parts)))
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
