/** `summary.json`: every figure of a report. */
import { z } from 'zod'
import { claimFindingSchema } from '../claims/schema.ts'
import { measuredParts } from '../experiments/reports.ts'
import { coreShape } from '../figures/schema.ts'
import { farScaleSchema } from '../plan/far/schema.ts'
import { tradeSchema } from '../trade/schema.ts'

export const summarySchema = z
  .object({
    ...coreShape,
    ...measuredParts,
    trade: tradeSchema,
    farScale: farScaleSchema,
    claims: z.array(claimFindingSchema).describe('The ledger, in its order'),
  })
  .describe('Everything derived from the records of a run; can be thrown away and made again')

export type Summary = z.infer<typeof summarySchema>
