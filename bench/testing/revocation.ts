/** Records of revocations whose times are given, for the tests of what is said about them. */
import type { PlanOptions } from '../experiments/experiment.ts'
import { planTrials } from '../experiments/index.ts'
import { revocation } from '../experiments/revocation/plan.ts'
import type { Arm, Observed, Run, TrialResult } from '../record/types.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

export type Seen = Extract<Observed, { kind: 'revocation' }>

/** CPU µs of a refresh over replicas, Redis and proxy. */
export const REFRESH_US = 500

interface RevocationOptions {
  blocks?: number
  profile?: Run['profile']
  plan?: Partial<PlanOptions>
  /** Changes what was seen of an arm. */
  change?: (seen: Seen, arm: Arm) => Seen
}

/** Seen as it is declared: nothing accepted after a logout, or everything up to the lifetime. */
export async function syntheticRevocation({ blocks = 2, profile, plan, change }: RevocationOptions = {}) {
  const options = await planOptions({ profile: 'full', trials: blocks, ...plan })
  const { trials, notes } = planTrials([revocation], options, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1, ...(profile && { profile }) })
  const run: Run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const results = trials.map((trial): TrialResult => {
    if (!trial.arm.observe)
      return { ...first, trial, measurement: { ...first.measurement, cpuUsPerRequest: REFRESH } }
    const seen = asDeclared(trial.arm)
    const observed = change ? change(seen, trial.arm) : seen
    return { ...first, trial, measurement: { ...first.measurement, observed } }
  })
  return { run, results }
}

const REFRESH = {
  replicas: 0.7 * REFRESH_US,
  redis: 0.2 * REFRESH_US,
  proxy: 0.1 * REFRESH_US,
  generator: 30,
}

function asDeclared({ observe, settings }: Arm): Seen {
  if (observe?.kind !== 'revocation') throw new Error('the arm observes no revocation')
  const ttlSec = settings.ttlSec ?? settings.accessTtlSec
  const each = Array.from({ length: observe.repeats }, (_, i) => i)
  return {
    kind: 'revocation',
    ways: observe.ways.map((way) => ({
      way,
      boundMs: ttlSec === undefined ? 0 : 1_000 * (ttlSec + 1),
      shippedBoundMs: ttlSec === undefined ? 0 : 3_601_000,
      unsupported: false,
      ageMs: each.map((i) => 20 + i),
      lastAcceptedMs: each.map((i) => (ttlSec === undefined ? null : 1_000 * ttlSec + 50 + 10 * i)),
      refusedFromMs: each.map((i) => (ttlSec === undefined ? 3 + i / 10 : 1_000 * ttlSec + 85 + 10 * i)),
      refused: 0,
      cut: 0,
    })),
    uses: 1_000,
    late: 0,
    wrongUsers: 0,
    hangs: 0,
    examples: [],
  }
}
