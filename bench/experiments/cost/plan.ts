/** What one request costs under each scheme: throughput, and CPU per request against the control. */
import { CONTROL } from '../../figures/records.ts'
import { arm, blocksOf, withControl } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

export const cost: Experiment = {
  name: 'cost',
  question: 'What does each scheme add to the cost of a request, on one replica?',
  plan(options) {
    const { blocks, ...phases } = profiles[options.profile].cost
    const base = { experiment: 'cost', replicas: 1, ...phases }
    const schemes = withControl(options)
    const arms = schemes.map((scheme) => arm({ ...base, scheme }, options))
    // The control a second time: what differs between two equal arms is this machine's own error.
    if (schemes.includes(CONTROL)) arms.push(arm({ ...base, scheme: CONTROL, twin: true }, options))
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
