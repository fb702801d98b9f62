/** Records of faults whose course is given, for the tests of what is said about them. */
import type { PlanOptions } from '../experiments/experiment.ts'
import { faults } from '../experiments/faults/plan.ts'
import { planTrials } from '../experiments/index.ts'
import type { Arm, Observed, Run, TrialResult } from '../record/types.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

export type Seen = Extract<Observed, { kind: 'faults' }>

interface FaultsOptions {
  blocks?: number
  plan?: Partial<PlanOptions>
  /** Changes what was seen of an arm; undefined drops its record. */
  change?: (seen: Seen, arm: Arm) => Seen | undefined
}

/** Nothing is good between injection and healing, everything before and after. */
export async function syntheticFaults({ blocks = 1, plan, change = (seen) => seen }: FaultsOptions = {}) {
  const options = await planOptions({ profile: 'full', trials: blocks, ...plan })
  const { trials, notes } = planTrials([faults], options, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1 })
  const run: Run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const results = trials.flatMap((trial): TrialResult[] => {
    const observed = change(outage(trial.arm), trial.arm)
    return observed ? [{ ...first, trial, measurement: { ...first.measurement, observed } }] : []
  })
  return { run, results }
}

function outage({ observe }: Arm): Seen {
  if (observe?.kind !== 'faults') throw new Error('the arm has no fault')
  const { fault, beforeSec, faultSec, afterSec } = observe
  const [fromMs, healedMs, toMs] = [-beforeSec, faultSec, faultSec + afterSec].map((sec) => 1_000 * sec) as [
    number,
    number,
    number,
  ]
  const none = { slow: 0, refused: 0, unavailable: 0, failed: 0, lost: 0, hang: 0 }
  const bins = Array.from({ length: (toMs - fromMs) / 100 }, (_, i) => {
    const atMs = fromMs + 100 * i
    const isDown = atMs >= 0 && atMs < healedMs
    return { fromMs: atMs, due: 20, good: isDown ? 0 : 20, ...none, ...(isDown ? { unavailable: 20 } : {}) }
  })
  return {
    kind: 'faults',
    fault,
    injectedMs: 0,
    healFromMs: healedMs,
    healedMs,
    goodWithinMs: 500,
    binMs: 100,
    bins,
    firstFailureMs: 12,
    alive: { asked: 300, loggedOut: 0 },
    before: { asked: 280, loggedOut: 0 },
    revoked: { asked: 40, accepted: 0, late: 0 },
    revokedMeanwhile: { asked: 0, accepted: 0, late: 0 },
    unacknowledged: 15,
    wrongUsers: 0,
    hangs: 0,
    serverErrors: 0,
    examples: [],
  }
}
