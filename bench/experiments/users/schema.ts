/** What a summary says of the memory of logged-in users. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { comparisonSchema } from '../../record/schema/basics.ts'

export const part = {
  memoryPerUser: z
    .array(
      z.object({
        scheme: z.string(),
        replicaBytes: comparisonSchema,
        redisBytes: comparisonSchema.nullable().describe('Null: no Redis, or it could not be read'),
      }),
    )
    .describe('Least-squares slopes of what logins added, over numbers of users, in bytes a user'),
}

export type Summary = SummaryWith<typeof part>
