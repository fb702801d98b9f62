/** What became of credentials that nobody issued, scheme by scheme. */

import { inTableOrder } from '../../figures/records.ts'
import type { Run } from '../../record/schema/run.ts'
import type { TrialResult } from '../../record/schema/trial.ts'
import { proportion } from '../../stats/proportion.ts'
import type { Summary } from './schema.ts'

type Entries = Summary['counterfeits']

/** An interval that leaves 5 % on either side. */
const ONE_SIDED = 0.9

/** Those count as well whose window a gate rejected: nothing of this depends on how busy the machine is. */
export function counterfeits(run: Run, results: readonly TrialResult[]): Entries {
  const arms = new Map(run.plan.map(({ arm }) => [arm.id, arm]))
  return [...arms.values()].sort(inTableOrder).flatMap(({ id, scheme }) => {
    const seen = results.flatMap(({ trial, measurement }) =>
      trial.arm.id === id && measurement?.examined?.kind === 'counterfeits'
        ? [{ id: trial.id, ...measurement.examined }]
        : [],
    )
    if (seen.length === 0) return []
    const sum = (of: (one: (typeof seen)[number]) => number) =>
      seen.reduce((total, one) => total + of(one), 0)
    const [tried, accepted] = [sum((one) => one.tried), sum((one) => one.accepted)]
    return [
      {
        scheme,
        trials: [...new Set(seen.map((one) => one.id))],
        tried,
        accepted,
        failed: sum((one) => one.failed),
        unanswered: sum((one) => one.unanswered),
        examples: seen.flatMap(({ examples }) => examples),
        // One end alone: 5 % lie beyond it.
        acceptedAtMost: proportion(accepted, tried, ONE_SIDED).hi,
      },
    ]
  })
}
