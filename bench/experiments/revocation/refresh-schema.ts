/** What a summary says of renewing access tokens. */
import { z } from 'zod'
import { estimateSchema, nonNegative } from '../../record/schema/basics.ts'

export const refreshSchema = z
  .array(
    z.object({
      arm: z.string(),
      scheme: z.string(),
      cpuUs: z
        .record(z.enum(['replicas', 'redis', 'proxy', 'total']), estimateSchema.nullable())
        .describe('CPU µs of a refresh'),
      curve: z
        .array(
          z.object({
            lifetimeMin: nonNegative.describe(
              'Of an access token, which is also how long a revoked one is accepted',
            ),
            requestsPerHour: nonNegative.describe('Refreshes of a user who is there all the time'),
            cpuMsPerHour: estimateSchema.describe('Their CPU'),
          }),
        )
        .describe('Computed from the CPU of one refresh; shortest lifetime first'),
    }),
  )
  .describe('From the experiment `revocation`, schemes whose access tokens are renewed')
