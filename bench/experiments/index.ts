/** Every experiment by name, and how a run's trials are laid out from them. */
import type { Arm, Prediction, Run, Trial, TrialResult } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { shuffled } from '../stats/seeded.ts'
import { aa } from './aa/plan.ts'
import { anomalies } from './anomalies/plan.ts'
import { comparisonOf } from './arms.ts'
import { browser } from './browser/plan.ts'
import { cost } from './cost/plan.ts'
import { counterfeits } from './counterfeits/plan.ts'
import type { Experiment, PlanOptions } from './experiment.ts'
import { faults } from './faults/plan.ts'
import { journey } from './journey/plan.ts'
import { knobs } from './knobs/plan.ts'
import { latency } from './latency/plan.ts'
import { login } from './login/plan.ts'
import { payload } from './payload/plan.ts'
import { replicas } from './replicas/plan.ts'
import { revocation } from './revocation/plan.ts'
import { rtt } from './rtt/plan.ts'
import { timing } from './timing/plan.ts'
import { tls } from './tls/plan.ts'
import { upgrades } from './upgrades/plan.ts'
import { users } from './users/plan.ts'

export const experiments: readonly Experiment[] = [
  cost,
  latency,
  replicas,
  users,
  login,
  journey,
  payload,
  rtt,
  tls,
  knobs,
  revocation,
  anomalies,
  browser,
  faults,
  counterfeits,
  timing,
  aa,
  upgrades,
]

/** What the laws of all experiments say of the arms held out. */
export function predict(run: Run, results: readonly TrialResult[], frozenAt: string): Prediction[] {
  return experiments.flatMap((experiment) => experiment.predict?.(run, results, frozenAt) ?? [])
}

/**
 * The trials of a run in the order in which they are executed. Arms are shuffled anew in each block, so that a
 * machine that slowly changes its speed favours none of them; those that name each other stay side by side, since a
 * shared host can halve its speed within minutes. The same seed gives the same order.
 */
export function planTrials(
  chosen: readonly Experiment[],
  options: PlanOptions,
  seed: number,
): { trials: Trial[]; notes: string[] } {
  const plans = chosen.map((experiment) => experiment.plan(options))
  const trials = plans.flatMap(({ rounds }, index) =>
    rounds.flatMap(({ arms, blocks, after = 0 }) =>
      Array.from({ length: blocks }, (_, i) => {
        const block = after + i
        const order = shuffledInGroups(arms, seed + 1_000_003 * index + block)
        return order.map((arm, position) => ({ id: `${arm.id}@${block}`, block, position, arm }))
      }).flat(),
    ),
  )
  return { trials, notes: plans.flatMap(({ notes }) => notes) }
}

/**
 * Groups of arms that are compared with the same one, it among them: in a random order, and so is each in itself. Those
 * that rotate on one fleet stay together, since it is started once.
 */
function shuffledInGroups(arms: readonly Arm[], seed: number): Arm[] {
  const compared = shuffled([...groupedBy(arms, comparisonOf).values()], seed)
  const onOneFleet = compared.flatMap((group) =>
    shuffled([...groupedBy(group, ({ fleet }) => fleet).values()], seed),
  )
  // A seed for each, or groups of equal size would all have the same order.
  return onOneFleet.flatMap((group, i) => shuffled(group, seed + 7_919 * (i + 1)))
}
