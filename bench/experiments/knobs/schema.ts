/** What a summary says of near caches, beside what each tuning is worth. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, estimateSchema, nonNegative } from '../../record/schema/basics.ts'

export const part = {
  nearCaches: z
    .array(
      z.object({
        arm: z.string(),
        users: count,
        popularityExponent: nonNegative.nullable().describe('Of the law that drew the users; null: in turn'),
        hitShare: estimateSchema.describe('Share of the reads that were answered without asking Redis'),
      }),
    )
    .describe('From the experiment `knobs`: arms whose replicas believe what they have read for a while'),
}

export type Summary = SummaryWith<typeof part>
