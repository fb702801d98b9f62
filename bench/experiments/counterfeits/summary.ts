/** What became of credentials that nobody issued, scheme by scheme. */

import { inTableOrder } from '../../figures/records.ts'
import type { Run } from '../../record/schema/run.ts'
import type { TrialResult } from '../../record/schema/trial.ts'
import type { Summary } from '../../report/schema.ts'
import { proportion } from '../../stats/proportion.ts'
import { figure } from '../../words/format.ts'
import { markdownTable } from '../../words/tables.ts'

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

/** Nothing without the experiment. */
export function counterfeitsSection({ counterfeits: entries }: Summary): string[] {
  if (entries.length === 0) return []
  const rows = entries.map(({ scheme, tried, accepted, failed, acceptedAtMost }) => [
    scheme,
    figure(tried),
    accepted === 0 ? '0' : `**${accepted}**`,
    failed === 0 ? '0' : `**${failed}**`,
    `${figure(acceptedAtMost * 100)} %`,
  ])
  return ['## Counterfeits', NOTE, markdownTable({ head: HEAD, rows })]
}

const HEAD = ['scheme', 'sent', 'let in', 'answered 5xx', 'share let in, at most']
const NOTE =
  'Credentials that nobody issued, made without a key from two that were: characters changed, added and cut, parts of ' +
  'another user’s, other algorithms and claims, no signature. The last column is what share of such could be let in ' +
  'and not have been met, with 95 %. The checks of `servers/GUARANTEES.md` ask for more, with the keys in hand.'
