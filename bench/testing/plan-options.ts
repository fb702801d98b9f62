/** What an experiment is asked with in the tests: everything as by default, on two cores. */
import { schemeNames } from '../../servers/scheme.ts'
import type { PlanOptions } from '../experiments/experiment.ts'
import { settingsSchema } from '../record/schema/settings.ts'
import type { Setting } from '../record/types.ts'
import { traits } from '../traits.ts'

export async function planOptions(overrides: Partial<PlanOptions> = {}): Promise<PlanOptions> {
  return {
    profile: 'standard',
    schemes: schemeNames,
    schemesNamed: false,
    only: [],
    upgrades: [],
    traits,
    replicas: undefined,
    users: undefined,
    maxUsers: undefined,
    connections: undefined,
    trials: undefined,
    durationSec: undefined,
    rates: undefined,
    handlerUs: undefined,
    popularity: undefined,
    precise: false,
    maxReplicas: Number.POSITIVE_INFINITY,
    maxExclusiveReplicas: 1,
    cores: 2,
    settable: Object.keys(settingsSchema.shape) as Setting[],
    runtimes: {},
    browserProblem: null,
    quotaProblem: () => null,
    faultProblem: null,
    ...overrides,
  }
}
