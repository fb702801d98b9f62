/** Simulated queues that know none of the laws, for the tests to hold the laws to. */
import { mean, sampleStandardDeviation } from 'simple-statistics'
import type { OpenQueue } from '../stats/erlang.ts'
import { seededDraw } from '../stats/seeded.ts'
import { tQuantile } from '../stats/student-t.ts'

/** How much is simulated: the seed, and requests that count. A tenth as many are left out before, to fill queues. */
interface Length {
  seed: number
  requests: number
}

/** Response times of an open queue in seconds, in order of arrival. */
export function simulateOpen({ arrivalsPerSec, serviceSec, servers }: OpenQueue, { seed, requests }: Length) {
  const exponential = seededExponential(seed)
  const freeAt = Array.from({ length: servers }, () => 0)
  let arrivedAt = 0
  const responses = Array.from({ length: Math.ceil(1.1 * requests) }, () => {
    arrivedAt += exponential(1 / arrivalsPerSec)
    const first = Math.min(...freeAt)
    const doneAt = Math.max(arrivedAt, first) + exponential(serviceSec)
    freeAt[freeAt.indexOf(first)] = doneAt
    return doneAt - arrivedAt
  })
  return responses.slice(-requests)
}

/** Runs that are independent of each other, as values within one run are not. */
const RUNS = 20
/** Of tests with seeds of their own and a law that holds, one in 10,000 comparisons would fail. */
const CONFIDENCE = 0.9999

/**
 * Means of simulated figures over independent runs, each with its bound: Student's t at 19 degrees of freedom times
 * the standard error of the mean (the replication method: Law & Kelton, "Simulation Modeling and Analysis", §9.5).
 *
 * @param run gives the figures of one seed
 */
export function replicate(run: (seed: number) => number[]): { mean: number; bound: number }[] {
  const runs = Array.from({ length: RUNS }, (_, index) => run(index + 1))
  const factor = tQuantile((1 + CONFIDENCE) / 2, RUNS - 1) / Math.sqrt(RUNS)
  return (runs[0] ?? []).map((_, figure) => {
    const values = runs.map((figures) => figures[figure] as number)
    return { mean: mean(values), bound: factor * sampleStandardDeviation(values) }
  })
}

/** Exponential times of a given mean, by inversion; cut into 2³¹ steps, the longest is 22 means. */
function seededExponential(seed: number): (mean: number) => number {
  const draw = seededDraw(seed)
  const steps = 2 ** 31
  return (mean) => -Math.log((draw(steps) + 0.5) / steps) * mean
}
