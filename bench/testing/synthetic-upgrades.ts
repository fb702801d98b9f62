/** Made-up runs of other versions for tests: what a report finds is what was put in here. */
import type { Upgrade } from '../experiments/experiment.ts'
import { planTrials } from '../experiments/index.ts'
import { upgrades } from '../experiments/upgrades/plan.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'
import { withTurns } from './synthetic-turns.ts'

const LOAD = { experiment: 'upgrades', ratesPerSec: [100, 500], hostSd: 0.05 }

/**
 * @param asked planned by the experiment itself, so that arms are what a run would have
 * @param timesAsMuch CPU of an arm beside that of its scheme as it is, by variant; else as much
 */
export async function syntheticUpgrades(
  asked: readonly Upgrade[],
  timesAsMuch: Readonly<Record<string, number>>,
  { trials: blocks = 6, passes = 4 } = {},
): Promise<{ run: Run; results: TrialResult[] }> {
  const options = await planOptions({ upgrades: asked, trials: blocks })
  const { trials, notes } = planTrials([upgrades], options, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1, noise: 0 })
  const results = trials.map((trial): TrialResult => {
    const base = template.results.find((result) => result.trial.arm.scheme === trial.arm.scheme)
    if (!base) throw new Error(`the template has no measurement of ${trial.arm.scheme}`)
    return { ...base, trial }
  })
  const costUs = (scheme: string, _: unknown, __: boolean, variant: string | null) =>
    (scheme === 'none' ? 120 : 300) * (timesAsMuch[variant ?? ''] ?? 1)
  const made = withTurns(results, costUs, { ...LOAD, passes })
  return { run: { ...template.run, plan: trials, notes }, results: made }
}
