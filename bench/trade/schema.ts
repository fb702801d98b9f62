/** Everything that matters of a scheme in one row. */
import { z } from 'zod'

const cellSchema = z.object({
  text: z.string(),
  trials: z.array(z.string()).describe('Ids of the trials that it rests on; none where it was not measured'),
})

export const tradeSchema = z
  .array(
    z.object({
      scheme: z.string(),
      cells: z.object({
        authTax: cellSchema,
        wire: cellSchema,
        memory: cellSchema,
        revocation: cellSchema.extend({
          seen: z
            .object({
              withinMs: z.number().describe('The worst that was seen, or the lifetime that ships'),
              isLifetime: z.boolean().describe('Only the end of its lifetime ends what was logged out'),
              n: z.number().describe('Logouts'),
            })
            .nullable(),
        }),
        redisLoss: cellSchema.extend({
          seen: z
            .object({
              goodShare: z.number().describe('Of the requests that were due while Redis was away'),
              loggedOut: z.number().describe('Users of before, once it was back'),
            })
            .nullable()
            .describe('Null also where Redis is asked nothing'),
        }),
        replicaLoss: cellSchema.extend({
          seen: z.object({ loggedOut: z.number(), of: z.number().describe('Users of before') }).nullable(),
        }),
        renewal: cellSchema.optional().describe('Only where a lost reply was tried'),
        readable: cellSchema,
        script: cellSchema,
        crossSite: cellSchema,
      }),
    }),
  )
  .describe(
    'Schemes by cost, memory, revocation, faults and what they give away; empty where only costs were measured',
  )

export type Trade = z.infer<typeof tradeSchema>
