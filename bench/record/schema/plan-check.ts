/** `plan-check.json`: plans that were started, and what the fleets did. */
import { z } from 'zod'
import { count, nonNegative, positive, SCHEMA_VERSION } from './basics.ts'
import { environmentSchema } from './run.ts'

const rangeSchema = z.object({ value: nonNegative, lo: nonNegative, hi: nonNegative })

const tiers = <T extends z.ZodType>(of: T) => z.object({ replicas: of, redis: of.nullable(), proxy: of })

const seenSchema = z.object({
  raw: nonNegative,
  atPace: rangeSchema.describe(
    'Had the machine been as fast as in the runs, by the control beside it; 95 % interval',
  ),
})

const startedSchema = z.object({
  replicas: count.min(1).describe('Of the fleet that this stands for'),
  atWork: count.min(1).describe('Without those that may be gone'),
  turns: count,
  busy: tiers(seenSchema).describe('Replicas: share of what each may use; Redis and proxy: cores'),
  pace: rangeSchema.describe('CPU a request of the control beside it ÷ the same in the runs'),
  p99Ms: nonNegative.nullable().describe('Null under quotas'),
  failedShare: nonNegative,
  kept: z
    .boolean()
    .describe('Whether it was no busier than promised at equal pace, and kept p99 where that was asked for'),
})

export const planCheckSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    startedAt: z.iso.datetime(),
    seconds: nonNegative,
    runs: z.array(z.string()).describe('Ids of the runs that the plans are from'),
    reference: z
      .object({ perSec: positive, handlerUs: count, controlUs: rangeSchema })
      .describe('Where the control is asked beside each fleet, and what it took there in the runs'),
    bias: z
      .array(z.object({ replicaCores: positive, ratio: rangeSchema }))
      .describe('Replica CPU a request under such a quota ÷ without one, side by side'),
    leftOut: z.array(z.object({ number: count, reason: z.string() })),
    requests: z.array(
      z.object({
        number: count,
        scheme: z.string(),
        rps: positive,
        users: count,
        handlerUs: count,
        loginsPerSec: nonNegative,
        refreshesPerSec: nonNegative,
        headroom: nonNegative,
        survive: count,
        replicaCores: positive,
        planned: z.object({
          replicas: rangeSchema,
          busy: tiers(nonNegative).describe('When what may be gone is gone'),
          p99Ms: rangeSchema.nullable(),
          redisMemoryBytes: rangeSchema,
        }),
        redisMemoryBytes: nonNegative.nullable().describe('What the users added to Redis'),
        fleets: z.array(startedSchema).describe('The planned one and its neighbours, by size'),
      }),
    ),
    environment: environmentSchema,
  })
  .describe('Plans for held-out requests, each started and held against what it said')

export type PlanCheck = z.infer<typeof planCheckSchema>
