/**
 * The format of everything a run writes, as zod schemas: validation when it is read back, the types in
 * `types.ts`, and the published JSON Schema all come from this one description.
 */
import { z } from 'zod'

/** Raised when a change makes older readers misread a record. Older versions migrate, newer ones are refused. */
export const SCHEMA_VERSION = 1

const count = z.number().int().nonnegative()
const nonNegative = z.number().nonnegative()

export const warningSchema = z.enum([
  'smoke-profile',
  'few-blocks',
  'generator-saturated',
  'proxy-saturated',
  'redis-saturated',
  'replica-not-saturated',
  'replicas-share-cores',
  'replicas-uneven',
  'placement-unpinned',
  'foreign-cpu',
  'steal',
  'users-not-rotating',
  'tier-not-measured',
])

export const estimateSchema = z
  .object({
    value: z.number().describe('Median over blocks'),
    lo: z.number().describe('Lower end of the 95 % bootstrap interval'),
    hi: z.number().describe('Upper end of the 95 % bootstrap interval'),
    unit: z.string(),
    n: count.describe('Number of blocks (independent trials with fresh server processes)'),
    warnings: z.array(warningSchema),
  })
  .describe('A median over blocks with its interval')

const loadSchema = z.object({
  loop: z.literal('closed').describe('Each connection waits for its reply before it sends again'),
  connections: count.min(1),
})

export const armSchema = z
  .object({
    id: z.string().describe('Unique within a run, e.g. cost/jwt-hs256'),
    experiment: z.string(),
    scheme: z.string(),
    replicas: count.min(1),
    users: count.min(1).describe('Distinct logged-in users that the load rotates through'),
    load: loadSchema,
    warmupSec: nonNegative,
    measureSec: z.number().positive(),
    twin: z.boolean().describe('The second, identical control of the A/A comparison'),
  })
  .describe('One configuration being compared')

export const trialSchema = z.object({
  id: z.string().describe('Unique within a run, e.g. cost/jwt-hs256@3'),
  block: count,
  position: count.describe('Place in the shuffled order of its block'),
  arm: armSchema,
})

const perTier = <T extends z.ZodType>(value: T) =>
  z.object({ replicas: value, redis: value, proxy: value, generator: value })

export const measurementSchema = z
  .object({
    windowSec: z.number().positive(),
    requests: count.describe('Replies completed inside the window'),
    throughputPerSec: nonNegative,
    statusCounts: z.record(z.string(), count),
    errors: count.describe('Connection errors and timeouts'),
    verifiedBodies: count.describe('Replies whose body was checked to be the right user’s'),
    wrongAnswers: count,
    distinctUsers: count.describe('Users whose credential was sent at least once inside the window'),
    latencyUs: z
      .object({
        mean: nonNegative,
        p50: nonNegative,
        p90: nonNegative,
        p99: nonNegative,
        p999: nonNegative,
        max: nonNegative,
      })
      .describe('Send to last byte under closed-loop saturation; not a response-time figure for a service'),
    cpuUsPerRequest: perTier(nonNegative.nullable()).describe(
      'Null: the tier exists but could not be read, or is absent',
    ),
    utilization: perTier(nonNegative.nullable()).describe('Busy cores of each tier, in cores'),
    memory: z.object({
      replicaRssBytes: z.array(count).describe('Per replica, end of window'),
      replicaHeapBytes: z.array(count).describe('Used V8 heap per replica, end of window'),
      idleReplicaBytes: count.describe(
        'Sum over replicas of used heap + external after GC, before any login',
      ),
      loggedInReplicaBytes: count.describe('The same after all logins'),
      idleReplicaRssBytes: count.describe('Sum over replicas of RSS, before any login'),
      loggedInReplicaRssBytes: count.describe('The same after all logins'),
      idleRedisBytes: count.nullable().describe('used_memory before any login'),
      loggedInRedisBytes: count.nullable().describe('used_memory after all logins'),
    }),
    redisCommandsPerRequest: z
      .record(z.string(), nonNegative)
      .nullable()
      .describe('INFO commandstats inside the window'),
    bytesPerRequest: z.object({ sent: nonNegative, received: nonNegative }),
    eventLoopDelayUs: z
      .object({ mean: nonNegative, p50: nonNegative, p99: nonNegative, max: nonNegative })
      .nullable()
      .describe('Worst replica'),
    replicaShare: z.array(nonNegative).nullable().describe('Share of the requests that each replica served'),
    host: z.object({
      cores: count,
      busyCores: nonNegative.nullable().describe('Busy cores of the whole machine inside the window'),
      foreignCores: nonNegative.nullable().describe('Busy cores that belong to no process of the run'),
      stealShare: nonNegative.nullable(),
      probeCores: nonNegative.describe('CPU of the harness itself inside the window, in cores'),
    }),
    logins: z.object({ count, seconds: nonNegative }).describe('Seeding of the users, before the warm-up'),
    warnings: z.array(warningSchema),
  })
  .describe('What one trial measured between the opening and the closing of its window')

const trialRecord = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  trial: trialSchema,
  startedAt: z.iso.datetime(),
}

export const trialResultSchema = z.discriminatedUnion('ok', [
  z.object({ ...trialRecord, ok: z.literal(true), measurement: measurementSchema }),
  z.object({ ...trialRecord, ok: z.literal(false), reason: z.string() }),
])

export const placementSchema = z.object({
  method: z.enum(['taskset', 'none', 'remote']),
  cores: count,
  replicaCpus: z.array(z.array(count)).describe('CPUs of each replica slot'),
  sharedCpus: z.object({ redis: z.array(count), proxy: z.array(count), generator: z.array(count) }),
  maxExclusiveReplicas: count.describe('Largest N for which each replica has a core of its own'),
})

export const partSchema = z.object({
  version: z.string(),
  source: z.string().describe('named, path, local copy, docker, homebrew, npm or remote'),
})

export const environmentSchema = z.object({
  cpuModel: z.string(),
  cores: count,
  memoryBytes: count,
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  virtualization: z.string().nullable(),
  cpuQuotaCores: z.number().nullable().describe('cgroup CPU quota of the harness, in cores'),
  harnessNode: z.string(),
  runtime: z.object({ node: z.string(), openssl: z.string(), v8: z.string(), source: z.string() }),
  redis: partSchema.nullable(),
  haproxy: partSchema.nullable(),
  packages: z.record(z.string(), z.string()),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
  placement: placementSchema,
})

export const runSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  profile: z.enum(['smoke', 'standard', 'full']),
  seed: count,
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  environment: environmentSchema,
  plan: z.array(trialSchema),
  notes: z.array(z.string()).describe('What the planner left out or flagged, in plain sentences'),
})

const comparisonSchema = z
  .object({
    estimate: estimateSchema,
    detected: z
      .boolean()
      .describe('The interval excludes "no difference" and the effect exceeds the run’s own A/A error'),
  })
  .describe('A difference or ratio within blocks; one that was not detected is printed as ~')

export const summarySchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    runId: z.string(),
    profile: z.enum(['smoke', 'standard', 'full']),
    trials: z.object({
      planned: count,
      ok: count,
      failed: count.describe('Planned trials of which there is no valid record, only rejected ones'),
    }),
    aa: z
      .object({ throughputRatio: estimateSchema, cpuRatio: estimateSchema, cpuDifferenceUs: estimateSchema })
      .nullable()
      .describe('Second control against first control, within blocks: this machine’s own error'),
    arms: z.array(
      z.object({
        arm: armSchema,
        metrics: z.record(z.string(), estimateSchema),
        authTaxUs: comparisonSchema
          .nullable()
          .describe(
            'CPU µs a request over all tiers but the generator, minus the mean of the controls in the same block',
          ),
        throughputVsControl: comparisonSchema
          .nullable()
          .describe('Null where the generator or the proxy, not the replica, held either side down'),
        warnings: z.array(warningSchema),
      }),
    ),
    scaling: z
      .array(
        z.object({
          scheme: z.string(),
          replicas: count.min(1),
          speedup: estimateSchema.describe('X(N) ÷ X(1) within blocks'),
          efficiency: estimateSchema.nullable().describe('X(N) ÷ (N · X(1)); null when withheld'),
          withheld: warningSchema.nullable().describe('Why there is no efficiency'),
        }),
      )
      .describe('From the experiment `replicas`'),
    memoryPerUser: z
      .array(
        z.object({
          scheme: z.string(),
          replicaBytes: comparisonSchema,
          redisBytes: comparisonSchema.nullable().describe('Null: no Redis, or it could not be read'),
        }),
      )
      .describe('Least-squares slopes of what logins added, over numbers of users, in bytes a user'),
    rejected: z.array(z.object({ trial: z.string(), reason: z.string() })),
    notes: z.array(z.string()),
  })
  .describe('Everything derived from the records of a run; can be thrown away and made again')

const toolSample = z.object({
  throughputPerSec: nonNegative,
  cpuUsPerRequest: nonNegative.nullable().describe('Of the tool itself; null where it could not be read'),
  serverUtilization: nonNegative
    .nullable()
    .describe('Busy cores of the server: near 1 when the tool keeps it busy'),
})
const bothTools = z.object({ generator: nonNegative.nullable(), wrk: nonNegative.nullable() })

export const loadCheckSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    ratio: z
      .object({ value: nonNegative, lo: nonNegative, hi: nonNegative })
      .describe(
        'Throughput of the generator ÷ throughput of wrk: median over the pairs, 95 % bootstrap interval',
      ),
    tolerance: nonNegative,
    passed: z.boolean(),
    cpuUsPerRequest: bothTools.describe('Medians over the pairs'),
    serverUtilization: bothTools.describe('Medians over the pairs'),
    connections: count,
    durationSec: nonNegative,
    users: count,
    pairs: z.array(
      z.object({
        first: z.enum(['generator', 'wrk']),
        generator: toolSample,
        wrk: toolSample,
        ratio: nonNegative,
      }),
    ),
    wrk: partSchema,
    environment: environmentSchema,
  })
  .describe('The load generator compared with wrk against the same running server')
