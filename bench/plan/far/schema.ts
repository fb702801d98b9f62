/** What a summary says of loads far beyond the measured ones. */
import { z } from 'zod'
import { count, nonNegative, positive } from '../../record/schema/basics.ts'

const rangeSchema = z.object({ value: nonNegative, lo: nonNegative, hi: nonNegative })

const knownTo = nonNegative
  .nullable()
  .describe('Not known beyond so many requests/s, because the fit is too poor; null: no such end')

const assumptionsSchema = z.object({
  secPerRequest: positive.describe('Of one logged-in user, from request to request'),
  headroom: z.number().min(0).lt(1).describe('Share of each tier’s CPU that stays free'),
  primaryBytes: positive.describe('What users may add to one Redis primary'),
  p99Ms: positive.describe('Kept by one replica at its rate'),
})

const tierSchema = z.object({ cpuUs: rangeSchema.describe('A request'), knownToPerSec: knownTo })

const farLawSchema = z
  .object({
    onePerSec: rangeSchema.describe('At which one replica keeps the SLO'),
    safePerSec: rangeSchema.describe(
      'What one replica gets: no more than that, and no busier than the headroom leaves',
    ),
    efficiency: rangeSchema.nullable().describe('Of the largest fleet that has one; null: taken for 1'),
    atLeast: z.boolean().describe('No rate broke the latency: a replica serves more, so fewer are needed'),
    proxy: tierSchema,
    redis: tierSchema.extend({ userBytes: rangeSchema }).nullable(),
    fewBlocks: z.boolean().describe('Ranges come from fewer than five blocks, and hold less than 95 %'),
    userBytesOf: z.string().describe('The scheme whose memory was measured'),
    measuredToPerSec: nonNegative.describe('Largest load whose rate and users were both measured'),
    lawToPerSec: nonNegative.describe(
      'Largest load that the demand law carries: one proxy core and one Redis primary are enough',
    ),
    contention: z
      .object({
        found: z
          .enum(['not-measured', 'hidden', 'none', 'some'])
          .describe(
            'hidden: something other than the replicas was full at some N. none: not told from zero. some: told',
          ),
        mostReplicas: count.nullable().describe('Largest N of the fit'),
        alpha: rangeSchema.nullable(),
        beta: rangeSchema.nullable(),
        ceilingPerSec: nonNegative
          .nullable()
          .describe(
            'No number of replicas serves more than this with the headroom kept, if α and β are as found (some) or as ' +
              'large as their intervals allow (none); null: no such end',
          ),
      })
      .describe('From the Universal Scalability Law over the experiment `replicas`'),
  })
  .describe('The inputs of all figures of a scheme')

const farSizesSchema = z.object({
  rps: positive,
  users: nonNegative,
  rests: z
    .enum(['measured', 'law', 'assumption'])
    .describe('measured: rate and users were. law: the demand law carries it. assumption: neither'),
  replicas: rangeSchema,
  contended: count
    .nullable()
    .describe('Replicas if the contention that was found stays; null: none found, or no number is enough'),
  redisPrimaries: rangeSchema.nullable().describe('Null: beyond what is known of Redis'),
  decidedBy: z.enum(['cpu', 'memory']).nullable().describe('Of Redis primaries; null: there are none'),
  proxyCores: rangeSchema.nullable().describe('Null: beyond what is known of the proxy'),
})

export const farScaleSchema = z
  .object({
    assumptions: assumptionsSchema,
    siteUsers: count.describe('Logged-in users of the site that the report plans for'),
    schemes: z.array(
      z.object({
        scheme: z.string(),
        refused: z.string().nullable().describe('Why nothing can be said of it'),
        law: farLawSchema.nullable(),
        sizes: z.array(farSizesSchema),
      }),
    ),
  })
  .nullable()
  .describe('Extrapolated, not measured; null without rules or without latency')

export type FarScale = NonNullable<z.infer<typeof farScaleSchema>>
