/** What a summary says of one arrival rate, and of the capacity that a ladder finds. */
import { z } from 'zod'
import { count, estimateSchema, nonNegative } from '../record/schema/basics.ts'
import { perTier } from '../record/tiers.ts'

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
  metShare: z.number().min(0).max(1).describe('Share of the blocks in which the SLO was kept'),
})

export type LatencyRow = z.infer<typeof latencyRowSchema>

export const capacityNoteSchema = z
  .enum(['found', 'slo-never-met', 'never-broken', 'load-limited', 'wide-gap', 'one-rung', 'not-measured'])
  .describe(
    'found: between a rate that kept the SLO and one that broke it. never-broken, load-limited and ' +
      'wide-gap (no rate was sent near it): the capacity is at least the value',
  )

export type CapacityNote = z.infer<typeof capacityNoteSchema>
