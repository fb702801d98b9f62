/**
 * What sets one process apart from its like, for as long as it lives: where its code and its memory came to lie, and what
 * its compiler made of it. A few generations tell little of it for one scheme, and more for all of them together.
 */
import type { Variance } from '../stats/moderated.ts'
import { mean, sum } from '../stats/sums.ts'
import { type ArmTurns, besideEach, byPoint, isIdle, isSamePoint } from './turns.ts'

/**
 * The variance of the logarithm of CPU a request between the processes of one arm, at least 0, and how many independent
 * squares that rests on. By moments, from the ratio of each arm to the control beside it: its means over generations vary by
 * the habits of two processes and by the noise of turns. The latter is known from turns of one generation and is taken off.
 *
 * Points with few turns say little, so that each counts by the inverse of the square of what its means should vary by: what turns of
 * all points together make of so many, and the habit itself, in three rounds from none (as Paule & Mandel, Journal of Research of
 * the National Bureau of Standards 87, 1982, for means). With as many turns at all points all count alike.
 *
 * All points of an arm come from the same processes and count as one look. Arms that share a control are not independent
 * either: of A arms whose differences correlate by one half, the mean of the variances is worth 4A(G − 1) ÷ (A + 3)
 * squares (Satterthwaite, Biometrics Bulletin 2, 1946, for the covariance σ²(I + J)).
 *
 * @returns null where no arm has two generations with two turns
 */
export function habitOf(control: ArmTurns, others: readonly ArmTurns[]): Variance | null {
  const byArm = others.map(({ turns }) =>
    [...byPoint(turns.filter(({ point }) => !isIdle(point))).values()].flatMap((own) => {
      const base = control.turns.filter(({ point }) => own[0] && isSamePoint(point, own[0].point))
      return lookAt(besideEach(own, base, (a, b) => Math.log(a.totalUs / b.totalUs))) ?? []
    }),
  )
  const arms = byArm.filter((looks) => looks.length > 0)
  const looks = arms.flat()
  if (looks.length === 0) return null
  const weight = sum(looks.map(({ generations }) => generations - 1))
  const usual = mean(looks.map(({ noise }) => noise))
  const told = (habit: number) => {
    const weights = looks.map(
      ({ ofNoise, generations }) => (generations - 1) / (habit + usual * ofNoise + LEAST) ** 2,
    )
    return Math.max(0, sum(looks.map(({ excess }, i) => excess * (weights[i] ?? 0))) / sum(weights))
  }
  const ofPair = told(told(told(0)))
  const degrees = (4 * arms.length * (weight / looks.length)) / (arms.length + 3)
  return { variance: ofPair / 2, degrees }
}

/** For looks without any noise, which made-up turns have. */
const LEAST = 1e-12

interface Look {
  /** Variance of the means of generations beyond what the noise of turns explains; it may come out below 0. */
  excess: number
  /** Variance of turns within their generation, and the share of it that is in the means. */
  noise: number
  ofNoise: number
  generations: number
}

function lookAt(clusters: readonly (readonly number[])[]): Look | null {
  const filled = clusters.filter((values) => values.length > 1)
  if (filled.length < 2) return null
  const means = filled.map(mean)
  const deviations = filled.flatMap((values, i) => values.map((one) => (one - (means[i] ?? 0)) ** 2))
  const noise = sum(deviations) / (deviations.length - filled.length)
  const ofNoise = mean(filled.map(({ length }) => 1 / length))
  const middle = mean(means)
  const seen = sum(means.map((one) => (one - middle) ** 2)) / (means.length - 1)
  return { excess: seen - noise * ofNoise, noise, ofNoise, generations: filled.length }
}
