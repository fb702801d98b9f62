/** `run.json`: rules, environment and plan, written before anything is measured. */
import { z } from 'zod'
import { count, nonNegative, positive, SCHEMA_VERSION, warningSchema } from './basics.ts'
import { hostSchema, serverVariablesSchema, sourceSchema } from './host.ts'
import { trialSchema } from './trial.ts'

const actionSchema = z.enum(['reject', 'withhold', 'flag']).nullable()

const gateSchema = z
  .object({
    id: warningSchema,
    limit: z.number(),
    unit: z.string(),
    closedLoop: actionSchema,
    openLoop: actionSchema,
    leastWindowSec: nonNegative.describe('Windows shorter than this are only flagged, whatever the action'),
    why: z.string(),
  })
  .describe(
    'A bound fixed before the run. reject: the trial gives no figure. withhold: it gives no throughput, but ' +
      'CPU a request. flag: shown beside the figures. null: not judged there',
  )

const sloSchema = z.object({
  quantile: z.enum(['p50', 'p90', 'p99', 'p999']),
  limitMs: positive,
  maxErrorShare: nonNegative,
})

const rulesSchema = z
  .object({
    gates: z.array(gateSchema),
    repeatsPerTrial: count.describe('How often one rejected trial is measured again'),
    repeatsShare: nonNegative.describe('Repeats of the whole run, as a share of its planned trials'),
    slo: sloSchema,
    precision: positive
      .nullable()
      .describe('An experiment ends early when each interval is within this share of its value; null: never'),
    minBlocks: count.describe('Blocks before which no experiment ends early'),
  })
  .describe('Fixed before anything is measured')

const placementSchema = z.object({
  method: z.enum(['taskset', 'none', 'remote']),
  cores: count,
  replicaCpus: z.array(z.array(count)).describe('CPUs of each replica slot'),
  sharedCpus: z.object({ redis: z.array(count), proxy: z.array(count), generator: z.array(count) }),
  maxExclusiveReplicas: count.describe('Largest N for which each replica has a physical core of its own'),
})

export const partSchema = z.object({
  version: z.string(),
  source: z.string().describe('named, path, local copy, docker, homebrew, npm or remote'),
})

const runtimeSchema = z.object({
  node: z.string(),
  openssl: z.string(),
  v8: z.string(),
  source: z.string(),
})

export const environmentSchema = z.object({
  cpuModel: z.string(),
  cores: count,
  memoryBytes: count,
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  virtualization: z
    .string()
    .nullable()
    .describe('The hypervisor, else the container; without `host` either, since they were not told apart'),
  cpuQuotaCores: z.number().nullable().describe('cgroup CPU quota of the harness, in cores'),
  host: hostSchema.optional().describe('Absent in runs from before it was recorded'),
  harnessNode: z.string(),
  runtime: runtimeSchema,
  otherRuntimes: z
    .record(z.string(), runtimeSchema)
    .optional()
    .describe('What served the arms with a setting `node`, by its value; absent where none has one'),
  redis: partSchema.nullable(),
  haproxy: partSchema.nullable(),
  packages: z.record(z.string(), z.string()),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
  source: sourceSchema.optional().describe('Absent in runs from before it was recorded'),
  serverVariables: serverVariablesSchema
    .optional()
    .describe('Absent before the first servers were up, where they run elsewhere, and in older runs'),
  placement: placementSchema,
})

const predictionSchema = z
  .object({
    arm: z.string().describe('Id of the arm that was not measured yet'),
    metric: z.literal('throughputPerSec'),
    law: z.string().describe('What it was computed by, e.g. demand or usl'),
    value: z.number(),
    lo: z.number().describe('Lower end of the 95 % interval'),
    hi: z.number().describe('Upper end of the 95 % interval'),
    relativeTo: z
      .string()
      .nullable()
      .describe(
        'Id of an arm of the same block: the figures are multiples of the figure of that arm; null: requests/s',
      ),
    basis: z.array(z.string()).describe('Ids of the trials that it was computed from'),
    frozenAt: z.iso.datetime(),
  })
  .describe('Prediction for an arm, made before any trial of it was started')

export const runSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  profile: z.enum(['quick', 'smoke', 'standard', 'full', 'calibration']),
  seed: count,
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  environment: environmentSchema,
  rules: rulesSchema.nullable().describe('Null in runs from before there were rules'),
  plan: z.array(trialSchema),
  predictions: z
    .array(predictionSchema)
    .describe(
      'Added once, when the trials that they rest on are over and before the arms held out are measured',
    ),
  notes: z.array(z.string()).describe('What the planner left out or flagged, in plain sentences'),
})

export type Gate = z.infer<typeof gateSchema>
export type Slo = z.infer<typeof sloSchema>
export type Rules = z.infer<typeof rulesSchema>
export type Placement = z.infer<typeof placementSchema>
export type Part = z.infer<typeof partSchema>
export type Environment = z.infer<typeof environmentSchema>
export type Prediction = z.infer<typeof predictionSchema>
export type Run = z.infer<typeof runSchema>
export type ProfileName = Run['profile']
