/** What a logged-in user costs in memory, in the replicas and in Redis. */
import { arm, blocksOf, oneForEachState, withControl } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'

/** The profile's levels up to `--max-users`, which itself becomes the last level. */
function levels(defaults: readonly number[], { users, maxUsers }: PlanOptions): number[] {
  if (users !== undefined) return [users]
  if (maxUsers === undefined) return [...defaults]
  return [...defaults.filter((level) => level < maxUsers), maxUsers]
}

export const users: Experiment = {
  name: 'users',
  question: 'How much memory does each logged-in user take, and where?',
  plan(options) {
    const { blocks, levels: defaults, everyScheme = false, ...phases } = profiles[options.profile].users
    const base = { experiment: 'users', replicas: 1, ...phases }
    const schemes = everyScheme ? withControl(options) : oneForEachState(options)
    const arms = schemes.flatMap((scheme) =>
      levels(defaults, options).map((level) =>
        arm({ ...base, scheme, users: level, variant: `u${level}` }, options),
      ),
    )
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
