/** Records of tunings whose worth is given, for the tests of what is said about them. */
import { planTrials } from '../experiments/index.ts'
import { knobs } from '../experiments/knobs/plan.ts'
import type { Run } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { planOptions } from './plan-options.ts'
import { modelled, type SyntheticOptions, syntheticRun } from './synthetic-run.ts'

const runtime = (node: string) => ({ node, openssl: '3.0.0', v8: '12.0', source: 'npm' })

/** Beside those that every made-up run has. */
const CACHED = { 'session-redis-cached': { cpuUs: 60, redisUs: 1, userBytes: 0, redisUserBytes: 420 } }

/**
 * @param worthUs CPU µs of the replica that an arm takes beyond its scheme as it is, by id
 * @param missShare share of the reads for which a near cache asks Redis, by id; else none
 */
export async function syntheticKnobs(
  worthUs: Readonly<Record<string, number>>,
  { blocks = 5, noise = 0.002, profile }: Pick<SyntheticOptions, 'blocks' | 'noise' | 'profile'> = {},
  missShare: Readonly<Record<string, number>> = {},
) {
  const runtimes = { 20: '20.20.2', 26: '26.10.0' }
  const { trials, notes } = planTrials([knobs], await planOptions({ trials: blocks, runtimes }), 1)
  const schemes = [...modelled, ...Object.keys(CACHED)]
  const costs = { experiments: ['cost'], schemes, model: CACHED, blocks: 1, noise: 0 }
  const template = syntheticRun({ ...costs, ...(profile && { profile }) })
  const environment = {
    ...template.run.environment,
    otherRuntimes: { 20: runtime('20.20.2'), 26: runtime('26.10.0') },
  }
  const run: Run = { ...template.run, environment, plan: trials, notes }
  const normal = seededNormal(7)
  const results = trials.map((trial) => {
    const base = template.results.find((result) => result.trial.arm.scheme === trial.arm.scheme)
    if (!base?.ok) throw new Error(`the template has no measurement of ${trial.arm.scheme}`)
    const { measurement } = base
    const own = (measurement.cpuUsPerRequest.replicas ?? 0) + (worthUs[trial.arm.id] ?? 0)
    const replicas = own * (1 + noise * normal())
    return {
      ...base,
      trial,
      measurement: {
        ...measurement,
        cpuUsPerRequest: { ...measurement.cpuUsPerRequest, replicas },
        redisCommandsPerRequest: { pttl: missShare[trial.arm.id] ?? 0 },
      },
    }
  })
  return { run, results }
}
