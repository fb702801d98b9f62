/** What a run says about one claim of the ledger. */
import { z } from 'zod'
import { estimateSchema, nonNegative } from '../record/schema/basics.ts'

export const claimFindingSchema = z
  .object({
    id: z.string(),
    quote: z.string().describe('Word for word; … where something was left out'),
    source: z.string(),
    reading: z.string().nullable().describe('Meaning of `supported`, if the quotation alone leaves it open'),
    metric: z.string(),
    supportedIf: z.string().describe('Fixed before anything was measured for it, as is refutedIf'),
    refutedIf: z.string(),
    decidedBy: z.string().describe('The command that measures what the verdict needs'),
    verdict: z
      .enum(['supported', 'refuted', 'depends', 'inconclusive', 'undecided'])
      .describe(
        'inconclusive: measured, and the interval decides nothing. undecided: the run does not hold the records',
      ),
    boundary: z.string().nullable().describe('What the answer depends on; never null for `depends`'),
    turnsAtPerSec: z
      .object({ lo: nonNegative, hi: nonNegative })
      .nullable()
      .describe(
        'Requests/s on one replica between which the answer turns; null unless it depends on the rate',
      ),
    sentence: z.string(),
    estimates: z.array(z.object({ label: z.string(), estimate: estimateSchema })),
    evidence: z.array(z.string()).describe('Ids of the trials behind the estimates'),
  })
  .describe('What the run says about one claim of the ledger')

export type ClaimFinding = z.infer<typeof claimFindingSchema>
