/** Records of logins and journeys whose costs are given, for the tests of what is said about them. */
import type { Experiment, PlanOptions } from '../experiments/experiment.ts'
import { planTrials } from '../experiments/index.ts'
import { journey } from '../experiments/journey/plan.ts'
import { login } from '../experiments/login/plan.ts'
import type { Arm, Measurement, Run, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

/** CPU µs of the replica for a login, and on average for a step of a journey. */
export const LOGIN_US: Readonly<Record<string, number>> = { none: 40, 'session-redis': 190, 'jwt-hs256': 100 }
export const STEP_US: Readonly<Record<string, number>> = { none: 60, 'session-redis': 160, 'jwt-hs256': 110 }
export const HASH_US = 195_000
export const PROXY_US = 20

interface VisitOptions {
  blocks?: number
  /** Coefficient of variation between trials. */
  noise?: number
  experiments?: readonly Experiment[]
  plan?: Partial<PlanOptions>
  /** What hashing takes. */
  hashUs?: number
  /** Failed journeys of each trial. */
  failed?: number
}

export async function syntheticVisits(options: VisitOptions = {}) {
  const { blocks = 5, noise = 0.002, experiments = [login, journey], hashUs = HASH_US, failed = 0 } = options
  const schemes = { schemes: ['none', 'session-redis', 'jwt-hs256'] as const, schemesNamed: true }
  const chosen = await planOptions({ trials: blocks, ...schemes, ...options.plan })
  const { trials, notes } = planTrials(experiments, chosen, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1 })
  const run: Run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const normal = seededNormal(7)
  const vary = (value: number) => value * (1 + noise * normal())
  const results = trials.map((trial): TrialResult => {
    const us = stepUs(trial.arm, hashUs)
    return { ...first, trial, measurement: measured(trial.arm, first.measurement, vary(us), failed) }
  })
  return { run, results }
}

function stepUs({ experiment, scheme, settings }: Arm, hashUs: number): number {
  if (experiment === 'journey') return STEP_US[scheme] ?? 100
  return (LOGIN_US[scheme] ?? 100) + (settings.passwordHash === 'scrypt' ? hashUs : 0)
}

function measured(arm: Arm, template: Measurement, replicas: number, failed: number): Measurement {
  const isRedis = arm.scheme.includes('redis')
  const common: Measurement = {
    ...template,
    throughputPerSec: 1e6 / replicas,
    cpuUsPerRequest: { replicas, redis: isRedis ? 30 : 0, proxy: PROXY_US, generator: 21 },
    redisCommandsPerRequest: isRedis ? { get: 1, set: 0.5 } : null,
    warnings: [],
  }
  if (arm.load.loop !== 'journey') return common
  const quantiles = { mean: 900, p50: 800, p90: 1_200, p99: 4_200, p999: 6_000, max: 9_000 }
  const step = { count: 1_200, latencyUs: quantiles }
  return {
    ...common,
    utilization: { replicas: 0.4, redis: 0.1, proxy: 0.1, generator: 0.2 },
    journeys: {
      perSec: arm.load.journeysPerSec,
      underWayAtOpen: 300,
      started: 1_200,
      finished: 1_200 - failed,
      failed,
      steps: { login: step, read: step, write: { ...step, count: 1_100 }, logout: step },
    },
  }
}
