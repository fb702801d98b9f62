/** What a summary says of whole journeys. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { comparisonSchema, count, estimateSchema, nonNegative } from '../../record/schema/basics.ts'
import { ofServing, perTier } from '../../record/tiers.ts'

const stepSchema = z.object({ p50Us: estimateSchema, p99Us: estimateSchema })

export const part = {
  journeys: z.array(
    z
      .object({
        arm: z.string(),
        steps: count.describe('Of one journey'),
        cpuUs: z
          .object({ ...ofServing(() => estimateSchema.nullable()), total: estimateSchema.nullable() })
          .describe('CPU µs of a journey: that of a request in the window × steps'),
        taxUs: comparisonSchema
          .nullable()
          .describe(
            'What the scheme adds to the CPU of a journey of the controls, within blocks; null for controls',
          ),
        redisCommands: estimateSchema.nullable().describe('Of a journey; null without Redis'),
        started: count.describe('Over all blocks, as are the other two'),
        finished: count,
        failed: count,
        utilization: perTier(nonNegative.nullable()).describe('Busy cores, medians over blocks'),
        latency: z
          .object({ login: stepSchema, read: stepSchema, write: stepSchema, logout: stepSchema })
          .describe('Intended send to last byte; quantiles of each block, medians over blocks'),
      })
      .describe('From the experiment `journey`'),
  ),
}

export type Summary = SummaryWith<typeof part>
