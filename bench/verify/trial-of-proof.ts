/** One short trial, executed and judged as those of a run are. */
import type { Traits } from '../../servers/scheme.ts'
import { AS_IT_IS } from '../experiments/arms.ts'
import { DEFAULT_SLO } from '../experiments/profiles.ts'
import { CONTROL } from '../figures/records.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Arm, Rules, Trial, TrialResult } from '../record/types.ts'
import { gates } from '../run/gates.ts'
import { runTrial } from '../run/trial.ts'

export const proofTraits: Traits = {
  state: 'none',
  transport: 'none',
  revocation: 'never',
  userWide: 'cannot',
  payload: 'readable',
  lastDay: false,
}

const arm: Arm = {
  id: 'verify/none',
  experiment: 'verify',
  scheme: CONTROL,
  ...AS_IT_IS,
  replicas: 1,
  users: 500,
  load: { loop: 'closed', connections: 16 },
  warmupSec: 2,
  warmupRequests: 0,
  measureSec: 2,
  twin: false,
}

export const rules: Rules = {
  gates: gates(),
  repeatsPerTrial: 0,
  repeatsShare: 0,
  slo: DEFAULT_SLO,
  precision: null,
  minBlocks: 1,
}

export const proofTrial: Trial = { id: 'verify/none@1', block: 1, position: 0, arm }

export const conditionsOf = (fleet: Fleet, signal: AbortSignal) => ({ fleet, rules, seed: 1, signal })

/** The control with one replica. Rejects when interrupted. */
export function runOneTrial(
  fleet: Fleet,
  signal: AbortSignal,
  times: Partial<Pick<Arm, 'warmupSec' | 'measureSec'>> = {},
): Promise<TrialResult> {
  const trial = { ...proofTrial, arm: { ...arm, ...times } }
  return runTrial(trial, proofTraits, conditionsOf(fleet, signal))
}
