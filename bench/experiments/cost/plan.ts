/** What one request costs under each scheme: throughput, and CPU per request against the control. */
import { arm, asPopular, blocksOf, withControl, withTwin } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

export const cost: Experiment = {
  name: 'cost',
  question: 'What does each scheme add to the cost of a request, on one replica?',
  plan(options) {
    const { blocks, ...phases } = profiles[options.profile].cost
    const base = { experiment: 'cost', replicas: 1, popularity: asPopular(options), ...phases }
    const arms = withTwin(withControl(options).map((scheme) => arm({ ...base, scheme }, options)))
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
