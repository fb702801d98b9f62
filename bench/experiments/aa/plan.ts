/** What two equal arms differ by: the error of this machine, which no comparison on it can be smaller than. */
import { CONTROL } from '../../figures/records.ts'
import { arm, blocksOf, withTwin } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

/** Enough blocks for an interval of its own; `cost` has one such pair in each of its blocks, and fewer of them. */
const BLOCKS = { quick: 3, smoke: 1, standard: 10, full: 20, calibration: 5 } as const

export const aa: Experiment = {
  name: 'aa',
  question: 'How far apart are two measurements of the same thing on this machine?',
  // It says nothing about schemes.
  profiles: [],
  plan(options) {
    const { blocks: _, ...phases } = profiles[options.profile].knobs
    const arms = withTwin([arm({ experiment: 'aa', scheme: CONTROL, replicas: 1, ...phases }, options)])
    return { rounds: [{ arms, blocks: blocksOf(options, BLOCKS[options.profile]) }], notes: [] }
  },
}
