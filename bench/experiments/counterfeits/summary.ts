/** What became of credentials that nobody issued, scheme by scheme. */
import { examined, seenByArm, totalOf } from '../../figures/seen.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import { proportion } from '../../stats/proportion.ts'
import type { Summary } from './schema.ts'

/** An interval that leaves 5 % on either side. */
const ONE_SIDED = 0.9

/** Those count as well whose window a gate rejected: nothing of this depends on how busy the machine is. */
export function counterfeits(run: Run, results: readonly TrialResult[]): Summary['counterfeits'] {
  return seenByArm(run, results, examined('counterfeits')).map(({ arm: { scheme }, trials, seen }) => {
    const [tried, accepted] = [totalOf(seen, 'tried'), totalOf(seen, 'accepted')]
    return {
      scheme,
      trials,
      tried,
      accepted,
      failed: totalOf(seen, 'failed'),
      unanswered: totalOf(seen, 'unanswered'),
      examples: seen.flatMap(({ examples }) => examples),
      // One end alone: 5 % lie beyond it.
      acceptedAtMost: proportion(accepted, tried, ONE_SIDED).hi,
    }
  })
}
