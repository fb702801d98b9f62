/** What a summary says of logins. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { estimateSchema } from '../../record/schema/basics.ts'

const hashedLoginSchema = z
  .object({
    scheme: z.string(),
    cpuUs: estimateSchema.describe('CPU µs of a login whose password is hashed: replicas, Redis and proxy'),
    hashShare: estimateSchema
      .nullable()
      .describe('1 − CPU of a login without hashing ÷ CPU of one with it, within blocks'),
  })
  .describe('From the experiment `login`')

export const part = { hashedLogins: z.array(hashedLoginSchema) }

export type Summary = SummaryWith<typeof part>
