/** Records of a proxy whose TLS costs are given, for the tests of what is said about TLS. */
import type { PlanOptions } from '../experiments/experiment.ts'
import { planTrials } from '../experiments/index.ts'
import { SESSION_SCHEME, tls } from '../experiments/tls/plan.ts'
import { reuseOf } from '../experiments/tls/summary.ts'
import type { Arm, Measurement, Run, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { seedOf } from '../stats/seeded.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

/** CPU µs of the proxy for a request, by variant; differences do not lie where noise would decide how they round. */
export const PROXY_US: Readonly<Record<string, number>> = {
  'plain-kept': 20,
  'tls12-kept': 24,
  'tls13-kept': 25,
  'plain-new': 50,
  'tls12-new': 350,
  'tls12-resumed': 200,
  'tls13-new': 405,
  'tls13-resumed': 335,
}
export const REPLICA_US: Readonly<Record<string, number>> = {
  none: 50,
  'session-redis': 150,
  'jwt-hs256': 80,
}
export const REDIS_US = 50

interface TlsOptions {
  blocks?: number
  profile?: Run['profile']
  /** Coefficient of variation between trials. */
  noise?: number
  plan?: Partial<PlanOptions>
  /** Changes a record after it was made. */
  change?: (result: TrialResult) => TrialResult
}

type Protocols = NonNullable<Measurement['protocols']>

/** A proxy that speaks that version alone. */
function refusingAllBut(version: '1.2' | '1.3'): Protocols {
  const refused = { accepted: false, answer: 'alert protocol_version' }
  const accepted = { accepted: true, answer: `ServerHello TLSv${version}` }
  return {
    SSLv3: { accepted: false, answer: 'alert handshake_failure' },
    'TLSv1.0': refused,
    'TLSv1.1': refused,
    'TLSv1.2': version === '1.2' ? accepted : refused,
    'TLSv1.3': version === '1.3' ? accepted : refused,
  }
}

export async function syntheticTls({ blocks = 5, profile, noise = 0.002, plan, change }: TlsOptions = {}) {
  const { trials, notes } = planTrials([tls], await planOptions({ trials: blocks, ...plan }), 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1, ...(profile && { profile }) })
  const run: Run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const results = trials.map((trial): TrialResult => {
    const normal = seededNormal(seedOf(trial.id))
    const vary = (value: number) => value * (1 + noise * normal())
    const record = { ...first, trial, measurement: measured(trial.arm, first.measurement, vary) }
    return change ? change(record) : record
  })
  return { run, results }
}

function measured(arm: Arm, template: Measurement, vary: (value: number) => number): Measurement {
  const reuse = reuseOf(arm)
  const { tls } = arm.settings
  const [full, resumed] = reuse === 'new' ? [1_000, 0] : [5, 995]
  return {
    ...template,
    cpuUsPerRequest: {
      replicas: vary(REPLICA_US[arm.scheme] ?? Number.NaN),
      redis: arm.scheme === SESSION_SCHEME ? vary(REDIS_US) : 0,
      proxy: vary(PROXY_US[arm.variant ?? ''] ?? Number.NaN),
      generator: 30,
    },
    handshakes: tls && reuse !== 'kept' ? { full, resumed } : null,
    protocols: tls ? refusingAllBut(tls) : null,
    warnings: reuse === 'kept' ? [] : ['generator-saturated', 'replica-not-saturated'],
  }
}
