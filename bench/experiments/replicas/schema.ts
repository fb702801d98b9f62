/** What a summary says of fleets of several replicas. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, estimateSchema, warningSchema } from '../../record/schema/basics.ts'

export const part = {
  scaling: z
    .array(
      z.object({
        scheme: z.string(),
        replicas: count.min(1),
        speedup: estimateSchema.describe(
          'X(N) ÷ X(1) within blocks; in the scale model at equal pace of the CPUs: ÷ pace',
        ),
        efficiency: estimateSchema.nullable().describe('X(N) ÷ (N · X(1)); null when withheld'),
        withheld: warningSchema.nullable().describe('Why there is no efficiency'),
        pace: estimateSchema
          .nullable()
          .describe('How fast the CPUs of the N replicas were ÷ that of the one; null: not known'),
        quotaBias: estimateSchema
          .nullable()
          .describe(
            'Scale model: replica CPU a request ÷ that of one replica without a quota; null: no quotas',
          ),
      }),
    )
    .describe('From the experiment `replicas`'),
  scalability: z
    .array(
      z.object({
        scheme: z.string(),
        shareCores: z
          .number()
          .nullable()
          .describe('Quota of a replica and of Redis in the scale model; null: own cores'),
        quotaBias: estimateSchema
          .nullable()
          .describe('Replica CPU a request under the quota ÷ without, one replica; null without quotas'),
        law: z
          .object({
            onePerSec: z.number().describe('What one replica serves'),
            redisPerSec: estimateSchema.nullable().describe('What one Redis can serve; null: not used'),
            redisFromReplicas: estimateSchema
              .nullable()
              .describe('Number of replicas from which on Redis is the bottleneck'),
            redisWasFull: z
              .boolean()
              .nullable()
              .describe(
                'Whether Redis was full where its demand was told; else it serves at least that. Null: not used',
              ),
          })
          .nullable()
          .describe(
            'The demand law, from the arms that were not held out: X(N) = min(N · X(1), 1 ÷ demand on Redis)',
          ),
        usl: z
          .object({
            perSecAtOne: estimateSchema,
            contention: estimateSchema.describe('α'),
            coherency: estimateSchema.describe('β'),
          })
          .nullable()
          .describe('Universal Scalability Law over all N; null below three different N'),
        scattered: z
          .array(z.object({ replicas: count.min(1), refusedShare: estimateSchema }))
          .describe('Share of requests answered 401 where users are sent to any replica'),
      }),
    )
    .describe('From the experiment `replicas`'),
  predictions: z
    .array(
      z.object({
        arm: z.string(),
        scheme: z.string(),
        replicas: count.min(1),
        tight: z
          .enum(['redis', 'proxy'])
          .nullable()
          .describe('The tier that was given so little that it is the limit; null: none'),
        law: z.string(),
        predicted: z.object({ value: z.number(), lo: z.number(), hi: z.number() }),
        measured: estimateSchema.describe('In the unit of the prediction'),
        error: z.number().describe('Measured ÷ predicted − 1'),
      }),
    )
    .describe(
      'Predictions that were written down before the held-out arms were measured, and what those showed',
    ),
}

export type Summary = SummaryWith<typeof part>
