/** Records of a fleet that obeys the demand law to the letter, for the tests of what is said about scaling. */
import { planTrials } from '../experiments/index.ts'
import { replicas } from '../experiments/replicas/plan.ts'
import type { Arm, Measurement, Run, Trial, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

/** µs a request of a replica, of Redis and of the proxy. */
export const DEMANDS: Readonly<Record<string, readonly [number, number, number]>> = {
  none: [40, 0, 18],
  'session-memory': [60, 0, 18],
  'session-redis': [120, 28, 20],
  'session-redis-tuned': [90, 12, 20],
  'jwt-hs256': [70, 0, 20],
  'jwt-denylist': [85, 9, 20],
}

/** What a quota adds to the replica's CPU a request. */
export const BIAS = 1.1

interface ScaleOptions {
  blocks?: number
  /** Coefficient of variation of throughput between trials. */
  noise?: number
  counts?: readonly number[]
}

/** A finished run of `replicas` in the scale model on two cores; its predictions are still to be made. */
export async function syntheticScale({ blocks = 5, noise = 0, counts = [1, 2, 4, 8] }: ScaleOptions = {}) {
  const options = await planOptions({ replicas: counts, trials: blocks, only: ['replicas'] })
  const { trials, notes } = planTrials([replicas], options, 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1 })
  const run: Run = { ...template.run, plan: trials, notes, predictions: [] }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const normal = seededNormal(7)
  const vary = (value: number) => value * (1 + noise * normal())
  const results = trials.map(
    (trial): TrialResult => ({ ...first, trial, measurement: measured(trial.arm, first.measurement, vary) }),
  )
  return { run, results, before: results.filter(({ trial }) => !isLater(trial)) }
}

/** Whether a trial is only measured when predictions are written down. */
function isLater({ arm }: Trial): boolean {
  return arm.heldOut || arm.fleet !== undefined || arm.settings.sticky === false
}

function measured(arm: Arm, template: Measurement, vary: (value: number) => number): Measurement {
  const [replica, redis, proxy] = DEMANDS[arm.scheme] ?? [100, 0, 20]
  const own = arm.quotas ? replica * BIAS : replica
  const { replicaCores, redisCores, proxyCores } = arm.quotas ?? {
    replicaCores: 1,
    redisCores: 1,
    proxyCores: 1,
  }
  const bounds = [
    (arm.replicas * replicaCores * 1e6) / own,
    (redisCores * 1e6) / redis,
    (proxyCores * 1e6) / proxy,
  ]
  const throughputPerSec = vary(Math.min(...bounds))
  const refused = arm.settings.sticky === false ? 1 - 1 / arm.replicas : 0
  const requests = Math.round(throughputPerSec * arm.measureSec)
  const busy = (us: number) => (us * throughputPerSec) / 1e6
  return {
    ...template,
    requests,
    throughputPerSec,
    statusCounts: { 200: Math.round(requests * (1 - refused)), 401: Math.round(requests * refused) },
    cpuUsPerRequest: { replicas: own, redis, proxy, generator: 20 },
    utilization: { replicas: busy(own), redis: busy(redis), proxy: busy(proxy), generator: busy(20) },
    warnings: busy(redis) / redisCores > 0.95 ? ['redis-saturated'] : [],
  }
}
