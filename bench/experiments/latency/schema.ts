/** What a summary says of arrival rates: latency, capacity, and what one more request takes. */
import { z } from 'zod'
import { capacityNoteSchema, latencyRowSchema, type SummaryWith } from '../../figures/schema.ts'
import { count, estimateSchema, nonNegative, warningSchema } from '../../record/schema/basics.ts'
import { SERVING } from '../../record/tiers.ts'

export const part = {
  latency: z
    .array(
      z.object({
        scheme: z.string(),
        rungs: z.array(latencyRowSchema),
        rejected: z
          .array(z.object({ arrivalsPerSec: z.number(), windows: count, by: z.array(warningSchema) }))
          .describe('Rates with windows that gates rejected; those are in no figure'),
        capacityPerSec: estimateSchema.nullable(),
        capacityNote: capacityNoteSchema,
        kneePerSec: z
          .number()
          .nullable()
          .describe('Rate with the most throughput ÷ mean latency (Kleinrock’s power); null below 3 rungs'),
        saturationPerSec: estimateSchema
          .nullable()
          .describe('Throughput of the closed loop on the same processes; null where the load was the limit'),
      }),
    )
    .describe('From the experiment `latency`; open loop, intended send to last byte'),
  demand: z
    .array(
      z.object({
        scheme: z.string(),
        tier: z.enum(SERVING.map(({ key }) => key)),
        demandUs: estimateSchema.describe('D: CPU µs that one more request takes'),
        idleCores: estimateSchema.describe('U0: busy cores that do not grow with throughput (the intercept)'),
        rungs: count,
        worstResidual: nonNegative.describe('Largest |U − (U0 + D·X)| ÷ U over the rungs'),
      }),
    )
    .describe('U = U0 + D·X, least squares over the rungs; n counts server processes'),
}

export type Summary = SummaryWith<typeof part>
