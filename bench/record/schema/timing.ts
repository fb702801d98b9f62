/** Whether lookups by a raw secret tell by their duration how much of a guess was right. */
import { z } from 'zod'
import { count, nonNegative } from './basics.ts'

export const timingPlanSchema = z.strictObject({
  kind: z.literal('timing'),
  keys: count.min(1).describe('Sessions that are in Redis'),
  batches: count.min(2).describe('Of samples; one value a batch is compared'),
  rounds: count.min(4).describe('Lookups of each class in a batch'),
})

export const timingSchema = z
  .object({
    kind: z.literal('timing'),
    node: z.string().describe('Version of the Node that looked up and hashed'),
    ways: z.array(
      z.object({
        way: z
          .enum(['direct', 'http'])
          .describe('Commands sent to Redis; requests to a server that sends them'),
        classes: z.array(
          z.object({
            lookup: z
              .enum(['plain', 'leaky'])
              .describe('leaky: characters are also compared, slowly, until one differs; this must be seen'),
            shared: count.describe(
              'Leading characters that the guess has in common with a session that exists',
            ),
            twin: z
              .boolean()
              .describe('The second class that shares nothing: it must not differ from the first'),
            batchNs: z
              .array(nonNegative)
              .describe('Of each batch, the mean of the middle half of its durations'),
          }),
        ),
      }),
    ),
    hashNs: z
      .array(nonNegative)
      .describe('CPU of hashing a secret by SHA-256 and comparing it in constant time, one mean a batch'),
  })
  .describe('Durations of lookups of ids that do not exist, in classes made alike and mixed at random')
