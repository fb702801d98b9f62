/**
 * A made-up run for tests: every number comes from a small table and a seed, so that what a report says about it
 * can be compared with what was put in. Not a measurement of anything.
 */
import { schemeNames } from '../../servers/scheme.ts'
import { AS_IT_IS } from '../experiments/arms.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Environment, Host, Measurement, Rules, Run, Trial, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'

/** CPU µs a request in the replicas and in Redis; bytes a user in the replicas and in Redis. */
const MODEL: Record<string, Model> = {
  'session-memory': { cpuUs: 61, redisUs: 0, userBytes: 1_150, redisUserBytes: 0 },
  'session-redis': { cpuUs: 148, redisUs: 52, userBytes: 0, redisUserBytes: 420 },
  'session-redis-tuned': { cpuUs: 104, redisUs: 13, userBytes: 0, redisUserBytes: 420 },
  'jwt-hs256': { cpuUs: 81, redisUs: 0, userBytes: 0, redisUserBytes: 0 },
  'jwt-rs256': { cpuUs: 109, redisUs: 0, userBytes: 0, redisUserBytes: 0 },
  'jwt-es256': { cpuUs: 166, redisUs: 0, userBytes: 0, redisUserBytes: 0 },
  'jwt-eddsa': { cpuUs: 207, redisUs: 0, userBytes: 0, redisUserBytes: 0 },
  'jwt-cookie': { cpuUs: 84, redisUs: 0, userBytes: 0, redisUserBytes: 0 },
  'jwt-denylist': { cpuUs: 112, redisUs: 11, userBytes: 0, redisUserBytes: 0 },
}
const CONTROL = { cpuUs: 50, redisUs: 0, userBytes: 0, redisUserBytes: 0 }
const PROXY_US = 19
const MB = 1_048_576

const RULES: Rules = {
  gates: [
    {
      id: 'generator-saturated',
      limit: 0.9,
      unit: 'cores',
      closedLoop: 'withhold',
      openLoop: 'reject',
      leastWindowSec: 0,
      why: 'a load that has no CPU left measures itself',
    },
    {
      id: 'foreign-cpu',
      limit: 0.1,
      unit: 'cores',
      closedLoop: 'reject',
      openLoop: 'reject',
      leastWindowSec: 0,
      why: 'what other programs use is missing from the run’s own processes',
    },
  ],
  repeatsPerTrial: 2,
  repeatsShare: 0.1,
  slo: { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 },
  precision: null,
  minBlocks: 5,
}

export interface SyntheticOptions {
  profile?: Run['profile']
  blocks?: number
  cores?: number
  /** Standard deviation of a trial's noise, as a share: what differs between server processes. */
  noise?: number
  /** Standard deviation of what all trials of a block have in common, as a share. Default 0. */
  drift?: number
  /** Of the noise, and of the run. */
  seed?: number
  /** Every scheme costs what the control costs: then there is no difference to find. */
  equal?: boolean
  rules?: Partial<Rules>
  experiments?: readonly string[]
  /** Of the experiment `cost`; default: those of the table. */
  schemes?: readonly string[]
  /** What schemes cost instead of what the table says. */
  model?: Readonly<Record<string, Partial<Model>>>
  /** Schemes of the experiments `replicas` and `users`; default: one for each place of state. */
  stateSchemes?: readonly string[]
  /** Changes a record after it was made: fail it, flag it, drop a value. */
  change?: (result: TrialResult) => TrialResult
}

/** Those of the table, in registry order: a new scheme changes no report that was made up before. */
export const modelled = schemeNames.filter((name) => name === 'none' || name in MODEL)

export function syntheticRun(options: SyntheticOptions = {}): { run: Run; results: TrialResult[] } {
  const { profile = 'standard', blocks = 5, cores = 2, noise = 0.02, change = (result) => result } = options
  const { drift = 0, seed = 1, equal = false, model: changed = {} } = options
  const wanted = options.experiments ?? ['cost', 'replicas', 'users']
  const stateful = options.stateSchemes ?? [
    'none',
    'session-memory',
    'session-redis',
    'jwt-hs256',
    'jwt-denylist',
  ]
  const plan = arms(options.schemes ?? modelled, stateful)
    .filter(({ experiment }) => wanted.includes(experiment))
    .flatMap((arm, position) =>
      Array.from({ length: blocks }, (_, block): Trial => trialOf(arm, block, position)),
    )
  const run: Run = {
    schemaVersion: SCHEMA_VERSION,
    id: '2026-01-02-example-cpu-2-cores',
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:16:05.000Z',
    profile,
    seed,
    options: {},
    environment: environment(cores),
    rules: { ...RULES, ...options.rules },
    plan,
    predictions: [],
    notes: [],
  }
  const vary = noiseFrom(noise, 2_025 + seed)
  const ofBlock = noiseFrom(drift, seed)
  const speeds = Array.from({ length: blocks }, () => ofBlock(1))
  const results = plan.map((trial) => {
    const model = equal ? CONTROL : { ...modelOf(trial.arm), ...changed[trial.arm.scheme] }
    const speed = speeds[trial.block] ?? 1
    return change(
      record(trial, measurement(trial.arm, { ...model, cpuUs: speed * model.cpuUs }, cores, vary)),
    )
  })
  return { run, results }
}

function arms(schemes: readonly string[], stateful: readonly string[]): Arm[] {
  const arm = (experiment: string, scheme: string, over: Partial<Arm> = {}): Arm => ({
    id: [
      experiment,
      scheme,
      over.replicas && `n${over.replicas}`,
      over.users && `u${over.users}`,
      over.twin && 'twin',
    ]
      .filter(Boolean)
      .join('/'),
    experiment,
    scheme,
    ...AS_IT_IS,
    replicas: 1,
    users: 1_000,
    load: { loop: 'closed', connections: 16 },
    warmupSec: 2,
    warmupRequests: 0,
    measureSec: 3,
    twin: false,
    ...over,
  })
  return [
    ...schemes.map((scheme) => arm('cost', scheme)),
    arm('cost', 'none', { twin: true }),
    ...stateful.flatMap((scheme) => [1, 2, 4].map((replicas) => arm('replicas', scheme, { replicas }))),
    ...stateful.flatMap((scheme) => [1_000, 10_000, 100_000].map((users) => arm('users', scheme, { users }))),
  ]
}

const trialOf = (arm: Arm, block: number, position: number): Trial => ({
  id: `${arm.id}@${block}`,
  block,
  position,
  arm,
})

const record = (trial: Trial, values: Measurement): TrialResult => ({
  schemaVersion: SCHEMA_VERSION,
  trial,
  startedAt: '2026-01-02T03:04:06.000Z',
  ok: true,
  measurement: values,
  rungs: [],
})

type Model = typeof CONTROL

function modelOf({ scheme }: Arm): Model {
  return scheme === 'none' ? CONTROL : (MODEL[scheme] ?? { ...CONTROL, cpuUs: 100 })
}

/** The record of the same trial as a failure leaves it. */
export function failedRecord(
  { schemaVersion, trial, startedAt }: TrialResult,
  reason = 'lost',
): TrialResult & { ok: false } {
  return { schemaVersion, trial, startedAt, ok: false, reason, rejectedBy: [], measurement: null, rungs: [] }
}

function measurement(arm: Arm, model: Model, cores: number, vary: (value: number) => number): Measurement {
  const exclusive = Math.min(arm.replicas, cores - 1)
  const cpuUs = vary(model.cpuUs)
  const throughputPerSec = (exclusive * 1e6) / cpuUs
  const usesRedis = model.redisUs > 0
  const p50 = vary((arm.load.connections * 1e6) / throughputPerSec)
  return {
    windowSec: arm.measureSec,
    requests: Math.round(throughputPerSec * arm.measureSec),
    throughputPerSec,
    statusCounts: { 200: Math.round(throughputPerSec * arm.measureSec) },
    errors: 0,
    verifiedBodies: 1_000,
    wrongAnswers: 0,
    distinctUsers: arm.users,
    latencyUs: { mean: p50, p50, p90: 1.4 * p50, p99: 2.2 * p50, p999: 4 * p50, max: 9 * p50 },
    arrivals: null,
    journeys: null,
    handshakes: null,
    protocols: null,
    cpuUsPerRequest: {
      replicas: cpuUs,
      redis: usesRedis ? vary(model.redisUs) : 0,
      proxy: vary(PROXY_US),
      generator: vary(21),
    },
    utilization: { replicas: 0.99 * exclusive, redis: 0.1, proxy: 0.2, generator: 0.3 },
    memory: memory(arm, model, vary),
    redisCommandsPerRequest: usesRedis ? { get: 1 } : null,
    bytesPerRequest: { sent: arm.scheme.startsWith('jwt') ? 320 : 210, received: 480 },
    eventLoopDelayUs: { mean: 90, p50: 80, p99: 900, max: 2_000 },
    replicaShare: Array.from({ length: arm.replicas }, () => 1 / arm.replicas),
    host: { cores, busyCores: 1.8, foreignCores: 0.01, stealShare: 0, probeCores: 0.004 },
    checks: { littleRatio: 1, replicaWaitShare: 0.01, throttledShare: 0, cpuTrend: 0.002 },
    logins: { count: arm.users, seconds: 1 },
    warnings: arm.replicas > exclusive ? ['replicas-share-cores'] : [],
  }
}

function memory(
  arm: Arm,
  { userBytes, redisUserBytes }: { userBytes: number; redisUserBytes: number },
  vary: (value: number) => number,
): Measurement['memory'] {
  // The server's own size, with a directory that grows with its users whatever the scheme.
  const idleReplicaBytes = 14 * MB + 64 * arm.users
  const idleRedisBytes = redisUserBytes > 0 || arm.scheme === 'jwt-denylist' ? MB : null
  const grown = Math.round(vary(0.3 * MB) + vary(userBytes) * arm.users)
  return {
    replicaRssBytes: Array.from({ length: arm.replicas }, () => Math.round(vary(92 * MB))),
    replicaHeapBytes: Array.from({ length: arm.replicas }, () => Math.round(vary(21 * MB))),
    idleReplicaBytes,
    loggedInReplicaBytes: idleReplicaBytes + grown,
    idleReplicaRssBytes: 80 * MB,
    loggedInReplicaRssBytes: 90 * MB + 2 * grown,
    idleRedisBytes,
    loggedInRedisBytes:
      idleRedisBytes === null ? null : idleRedisBytes + Math.round(vary(redisUserBytes) * arm.users),
  }
}

/** Normal noise around a value, in proportion to it. */
function noiseFrom(share: number, seed: number): (value: number) => number {
  const normal = seededNormal(seed)
  return (value) => value * (1 + share * normal())
}

function host(cores: number): Host {
  const cpus = Array.from({ length: cores }, (_, cpu) => cpu)
  return {
    hypervisor: 'kvm',
    container: 'none',
    cpuQuota: null,
    memoryLimit: { value: 4e9, levelsUp: 1 },
    cpuset: cpus,
    allowedCpus: cpus,
    cores: cpus.map((cpu) => [cpu]),
    smtActive: false,
    numaNodes: [cpus],
    frequency: { driver: 'acpi-cpufreq', governors: ['performance'], preferences: [], turbo: false },
    cryptoFlags: ['aes', 'sha_ni'],
    power: null,
  }
}

function environment(cores: number): Environment {
  return {
    cpuModel: 'Example CPU',
    cores,
    memoryBytes: 8_192 * MB,
    os: 'Example Linux 1',
    kernel: '6.1.0',
    arch: 'x64',
    virtualization: 'kvm',
    cpuQuotaCores: null,
    host: host(cores),
    harnessNode: 'v20.20.2',
    runtime: { node: 'v24.21.0', openssl: '3.5.0', v8: '13.6', source: 'npm' },
    redis: { version: '7.0.15', source: 'path' },
    haproxy: { version: '2.6.12', source: 'path' },
    packages: { express: '5.3.0', jose: '6.2.18' },
    gitCommit: '0123456789abcdef0123456789abcdef01234567',
    gitDirty: false,
    source: { version: '1.2.3', contentHash: null },
    serverVariables: {
      names: ['KEYS', 'NODE_ENV', 'PATH', 'SCHEME'],
      values: { NODE_ENV: ['production'] },
    },
    placement: {
      method: 'taskset',
      cores,
      replicaCpus: [[0]],
      sharedCpus: { redis: [1], proxy: [1], generator: [1] },
      maxExclusiveReplicas: cores - 1,
    },
  }
}
