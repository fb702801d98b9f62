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
        revocation: cellSchema,
        redisLoss: cellSchema,
        replicaLoss: cellSchema,
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
