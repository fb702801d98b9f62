/** Several runs of one machine as one: as many blocks more, each with processes and an hour of its own. Pure. */
import type { Run, Trial, TrialResult } from '../record/types.ts'

interface Recorded {
  run: Run
  results: readonly TrialResult[]
}

/**
 * What differs between runs then differs between blocks, and is in their intervals. Trials keep the name of their run.
 *
 * @param runs of one machine and method, the last of which gives what all have in common
 */
export function pooledRuns(runs: readonly Recorded[]): Recorded {
  const [only] = runs
  const last = runs.at(-1)
  if (!only || !last) throw new RangeError('there is no run to pool')
  if (only === last) return only
  let first = 0
  const moved = runs.map(({ run, results }) => {
    const from = first
    first += 1 + Math.max(...run.plan.map(({ block }) => block))
    const there = (trial: Trial): Trial => ({
      ...trial,
      id: `${run.id}/${trial.id}`,
      block: trial.block + from,
    })
    return {
      plan: run.plan.map(there),
      results: results.map((result) => ({ ...result, trial: there(result.trial) })),
    }
  })
  return {
    run: { ...last.run, plan: moved.flatMap(({ plan }) => plan) },
    results: moved.flatMap(({ results }) => results),
  }
}
