/** Whether anything is let in that nobody issued. */
import { arm, blocksOf, SHORT_WINDOW, withoutControl } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

export const counterfeits: Experiment = {
  name: 'counterfeits',
  question: 'Is any credential let in that nobody issued?',
  profiles: ['full'],
  plan(options) {
    const { tries } = profiles[options.profile].counterfeits
    const base = {
      experiment: 'counterfeits',
      ...SHORT_WINDOW,
      examine: { kind: 'counterfeits' as const, tries },
    }
    const arms = withoutControl(options.schemes).map((scheme) =>
      arm({ ...base, scheme }, { ...options, durationSec: undefined }),
    )
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, 1) }], notes: [] }
  },
}
