/** What a summary says whatever was measured; each experiment adds a part of its own. */
import { z } from 'zod'
import {
  comparisonSchema,
  count,
  estimateSchema,
  nonNegative,
  SCHEMA_VERSION,
  warningSchema,
} from '../record/schema/basics.ts'
import { runSchema } from '../record/schema/run.ts'
import { armSchema } from '../record/schema/trial.ts'
import { perTier } from '../record/tiers.ts'

export const coreShape = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  runId: z.string(),
  profile: runSchema.shape.profile,
  trials: z.object({
    planned: count,
    ok: count,
    failed: count.describe('Planned trials with only rejected records, and no valid one'),
  }),
  aa: z
    .object({
      throughputRatio: estimateSchema,
      cpuRatio: estimateSchema,
      cpuDifferenceUs: estimateSchema,
      cpuVariation: nonNegative.describe('Coefficient of variation of CPU a request between equal trials'),
      throughputVariation: nonNegative,
    })
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
      versus: z
        .object({
          arm: z.string(),
          throughputRatio: comparisonSchema.nullable(),
          cpuRatio: comparisonSchema.nullable(),
          cpuDifferenceUs: comparisonSchema.nullable(),
        })
        .nullable()
        .describe('Against the arm that it is compared with, block by block; CPU over all serving tiers'),
      warnings: z.array(warningSchema),
    }),
  ),
  blocks: z
    .array(z.object({ experiment: z.string(), planned: count, measured: count, stoppedEarly: z.boolean() }))
    .describe('Blocks of each experiment'),
  rejected: z.array(z.object({ trial: z.string(), reason: z.string() })),
  withRejected: z
    .array(
      z.object({
        arm: z.string(),
        metric: z.string(),
        without: estimateSchema,
        with: estimateSchema,
        agrees: z
          .boolean()
          .describe('The value with all trials lies inside the interval without the rejected'),
      }),
    )
    .describe('Figures of arms with rejected trials, computed both ways'),
  notes: z.array(z.string()),
}

export type CoreSummary = z.infer<z.ZodObject<typeof coreShape>>

/** What a part with these schemas holds. */
export type Part<Shape extends z.ZodRawShape> = { -readonly [Key in keyof Shape]: z.infer<Shape[Key]> }

/** What an experiment may know of a summary: what all share, and its own part. */
export type SummaryWith<Shape extends z.ZodRawShape> = CoreSummary & Part<Shape>

/** Of one arrival rate, in the parts of several experiments. */
export const latencyRowSchema = z.object({
  arrivalsPerSec: z.number(),
  blocks: count,
  requests: count.describe('Arrivals over all blocks'),
  p50Us: estimateSchema,
  p90Us: estimateSchema,
  p99Us: estimateSchema,
  p999Us: estimateSchema
    .nullable()
    .describe('Null with fewer than 10,000 arrivals: ten must lie beyond a quantile'),
  meanUs: estimateSchema,
  throughputPerSec: estimateSchema,
  errorShare: nonNegative,
  utilization: perTier(nonNegative.nullable()).describe('Busy cores, medians over blocks'),
  windows: count,
  metShare: z.number().min(0).max(1).describe('Share of its windows that kept the SLO'),
})

export type LatencyRow = z.infer<typeof latencyRowSchema>

/** Of the capacity that a ladder finds. */
export const capacityNoteSchema = z
  .enum(['found', 'slo-never-met', 'never-broken', 'load-limited', 'wide-gap', 'one-rung', 'not-measured'])
  .describe(
    'found: between a rate that kept the SLO and one that broke it. never-broken, load-limited and ' +
      'wide-gap (no rate was sent near it): the capacity is at least the value',
  )

export type CapacityNote = z.infer<typeof capacityNoteSchema>
