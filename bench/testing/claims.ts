/** Made-up runs through the whole analysis, for tests of single claims. */
import assert from 'node:assert/strict'
import type { ClaimFinding } from '../claims/schema.ts'
import type { Measurement, Point, Run, TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { type LadderOptions, syntheticLadders } from './synthetic-ladders.ts'
import { type SyntheticOptions, syntheticRun } from './synthetic-run.ts'
import { type TurnsOptions, withTurns } from './synthetic-turns.ts'

/** Little enough that a figure lies where the model puts it. */
const QUIET = 0.004

export function judged(id: string, options: SyntheticOptions): ClaimFinding {
  return findingOf(id, syntheticRun({ noise: QUIET, ...options }))
}

/** Of a run with ladders; `closed` has the rest of it. */
export function judgedWithLadders(id: string, options: LadderOptions): ClaimFinding {
  const closed = { noise: QUIET, experiments: ['cost'], ...options.closed }
  return findingOf(id, syntheticLadders({ noise: QUIET, ...options, closed }, false))
}

/** Of a run that took turns; `costUs` is the truth, without handler work, of a scheme at a point. */
export function judgedOverLoad(
  id: string,
  costUs: (scheme: string, point: Point, twin: boolean) => number,
  { turns, ladders, ...options }: SyntheticOptions & { turns?: TurnsOptions; ladders?: LadderOptions },
): ClaimFinding {
  const closed = { noise: QUIET, experiments: ['cost'], ...options }
  const { run, results } = ladders
    ? syntheticLadders({ noise: QUIET, ...ladders, closed }, false)
    : syntheticRun(closed)
  return findingOf(id, { run, results: withTurns(results, costUs, { ...CALM, ...turns }) })
}

/** A machine on which turns find what was put in. */
const CALM: TurnsOptions = { hostSd: 0.03, turnSd: 0.01, habit: 0.005 }

function findingOf(
  id: string,
  { run, results }: { run: Run; results: readonly TrialResult[] },
): ClaimFinding {
  const found = summarize(run, results).claims.find((claim) => claim.id === id)
  assert.ok(found, id)
  return found
}

/** Changes the measurements of those arms. */
export function changing(which: RegExp, to: (measurement: Measurement) => Partial<Measurement>) {
  return (result: TrialResult): TrialResult =>
    result.ok && which.test(result.trial.arm.id)
      ? { ...result, measurement: { ...result.measurement, ...to(result.measurement) } }
      : result
}

/** Within `share` of what was put in. */
export function near(value: number | undefined, expected: number, share = 0.02): void {
  assert.ok(Math.abs((value ?? Number.NaN) - expected) <= share * expected, `${value}, not ${expected}`)
}
