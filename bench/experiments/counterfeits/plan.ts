/** Whether anything is let in that nobody issued. */
import { CONTROL } from '../../figures/records.ts'
import { arm, blocksOf } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

/** The same in every profile: the window only follows what is asked here, and none of its figures is shown. */
const WINDOW = { users: 20, warmupSec: 0.1, warmupRequests: 0, measureSec: 0.2 }

export const counterfeits: Experiment = {
  name: 'counterfeits',
  question: 'Is any credential let in that nobody issued?',
  profiles: ['full'],
  plan(options) {
    const { tries } = profiles[options.profile].counterfeits
    const arms = options.schemes
      .filter((name) => name !== CONTROL)
      .map((scheme) => ({
        ...arm(
          { experiment: 'counterfeits', scheme, replicas: 1, ...WINDOW },
          { ...options, users: undefined, durationSec: undefined },
        ),
        examine: { kind: 'counterfeits' as const, tries },
      }))
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, 1) }], notes: [] }
  },
}
