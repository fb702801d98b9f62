/** Whether differences within blocks are more than noise, and how large one must be to be seen. */
import { mean, sampleStandardDeviation } from 'simple-statistics'
import { tQuantile, twoSidedP } from './student-t.ts'

/**
 * Two-sided p of the paired t-test (Student, "The probable error of a mean", Biometrika 6, 1908): how often
 * differences this one-sided come about when there is none. One difference per block.
 *
 * @param values differences within blocks; for ratios their logarithms
 * @returns null for fewer than two, which say nothing about their own noise
 */
export function pairedP(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const average = mean([...values])
  const error = standardError(values)
  if (error === 0) return average === 0 ? 1 : 0
  return twoSidedP(average / error, values.length - 1)
}

/** A real effect is to be seen four times in five: the usual power (Cohen, "Statistical Power Analysis", 1988). */
const POWER = 0.8

/**
 * Smallest real effect that a paired t-test at 5 % sees four times in five, with as many blocks and as much noise
 * as these: (t₀.₉₇₅ + t₀.₈₀) · s/√n, Student's t with n − 1 degrees of freedom (Bloom, "Minimum Detectable
 * Effects", Evaluation Review 19, 1995). For many blocks, where both arms have a coefficient of variation CV of
 * their own, it is the familiar 2.8 · CV · √(2/n). It is for one comparison by itself: one out of a family has a
 * correction to pass as well, and needs more.
 *
 * @param values differences within blocks, or logarithms of ratios; the result has their unit
 * @returns null for fewer than two
 */
export function detectable(values: readonly number[]): number | null {
  const degrees = values.length - 1
  return degrees < 1 ? null : (tQuantile(0.975, degrees) + tQuantile(POWER, degrees)) * standardError(values)
}

function standardError(values: readonly number[]): number {
  return sampleStandardDeviation([...values]) / Math.sqrt(values.length)
}
