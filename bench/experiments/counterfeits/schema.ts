/** What a summary says of credentials that nobody issued. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { counterfeitsSchema } from '../../record/schema/examine.ts'

export const part = {
  counterfeits: z
    .array(
      counterfeitsSchema.omit({ kind: true }).extend({
        scheme: z.string(),
        trials: z.array(z.string()).min(1),
        acceptedAtMost: z
          .number()
          .describe(
            'Share of such credentials that may be accepted unseen, with 95 %; the upper Clopper–Pearson bound',
          ),
      }),
    )
    .describe('From the experiment `counterfeits`'),
}

export type Summary = SummaryWith<typeof part>
