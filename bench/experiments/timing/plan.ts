/** Whether sessions that are found by their raw secret can be guessed piece by piece, by how long it takes. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { arm, SHORT_WINDOW } from '../arms.ts'
import type { Experiment } from '../experiment.ts'

/** It finds sessions by what its users send. */
const SCHEME: SchemeName = 'session-redis'
/** 12,000 lookups a class, each way, among as many sessions as the experiment `users` ends with. */
const ASKED = { keys: 100_000, batches: 120, rounds: 100 }

export const timing: Experiment = {
  name: 'timing',
  question: 'Does the time of a lookup by raw secret reveal how much of a guess was right?',
  profiles: ['full'],
  plan(options) {
    if (!options.schemes.includes(SCHEME)) return { rounds: [], notes: [] }
    const choice = { experiment: 'timing', scheme: SCHEME, ...SHORT_WINDOW }
    const whole = arm(choice, { ...options, users: undefined })
    return { rounds: [{ arms: [{ ...whole, examine: { kind: 'timing', ...ASKED } }], blocks: 1 }], notes: [] }
  },
}
