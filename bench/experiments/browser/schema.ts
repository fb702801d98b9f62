/** What a summary says of the experiment `browser`. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { browserSchema, forgerySchema } from '../../record/schema/examine.ts'

export const browserSummarySchema = z
  .object({
    versions: z.array(z.string()).describe('Of Chromium'),
    schemes: z.array(
      browserSchema.pick({ readable: true, thefts: true }).extend({
        scheme: z.string(),
        trials: z
          .array(z.string())
          .min(1)
          .describe('Ids; a thing counts as possible if one of these trials showed it'),
        forgeries: z.array(
          forgerySchema.omit({ arrived: true, changed: true }).extend({
            outcome: z
              .enum(['changed', 'refused', 'no-credential', 'not-sent'])
              .describe(
                'refused: the server had the credential and said no. no-credential: the browser sent the request without ' +
                  'one. not-sent: the browser asked for permission first and got none',
              ),
          }),
        ),
      }),
    ),
  })
  .describe('From the experiment `browser`')

export const part = {
  browser: browserSummarySchema.nullable().describe('Null without that experiment'),
}

export type Summary = SummaryWith<typeof part>
