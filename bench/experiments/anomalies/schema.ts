/** What a summary says of anomalies. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, nonNegative } from '../../record/schema/basics.ts'

const shareSchema = z
  .object({ value: z.number(), lo: z.number(), hi: z.number(), seen: count, n: count })
  .describe('Seen of n, with its exact 95 % interval (Clopper-Pearson)')

export const part = {
  anomalies: z
    .array(
      z.object({
        arm: z.string(),
        scheme: z.string(),
        variant: z.string().nullable(),
        lostUpdates: shareSchema.nullable(),
        copiesPerGroup: nonNegative.nullable().describe('Mean number of different states of one login'),
        undoneLogouts: shareSchema.nullable(),
        races: z
          .object({
            n: count,
            clients: count,
            manySuccessors: shareSchema.describe('Races with more than one refresh token handed out'),
            mostSuccessors: count,
            letPerRace: nonNegative.describe('Mean number of accepted answers beyond one for each successor'),
            loggedOut: shareSchema,
          })
          .nullable(),
        lostReplies: z
          .object({
            wentOn: shareSchema.describe('Logins that went on after the reply to a refresh was lost'),
            copiesLetIn: shareSchema.describe('Used refresh tokens that somebody else could use as well'),
          })
          .optional(),
        refusedElsewhere: shareSchema.nullable(),
        wrongUsers: count,
        hangs: count,
        trials: z.array(z.string()),
      }),
    )
    .describe('From the experiment `anomalies`'),
}

export type Summary = SummaryWith<typeof part>
