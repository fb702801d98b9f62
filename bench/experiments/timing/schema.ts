/** What a summary says of the experiment `timing`. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, estimateSchema, nonNegative } from '../../record/schema/basics.ts'
import { timingSchema } from '../../record/schema/examine.ts'

const way = timingSchema.shape.ways.element

export const timingSummarySchema = z
  .object({
    trials: z.array(z.string()).min(1).describe('Ids'),
    keys: count.describe('Sessions in Redis'),
    samples: count.describe('Lookups of each class'),
    ways: z.array(
      z.object({
        way: way.shape.way,
        lookup: way.shape.classes.element.shape.lookup,
        medianNs: nonNegative.describe('Of the class that shares nothing'),
        differences: z
          .array(
            z.object({
              shared: count,
              twin: z.boolean(),
              byNs: estimateSchema.describe(
                'Longer than the class that shares nothing; n stretches of batches',
              ),
              p: z.number().min(0).max(1).nullable().describe('Holm-adjusted over the classes'),
              detected: z.boolean(),
            }),
          )
          .describe('Intervals hold for all classes together in 95 % of cases'),
        boundNs: nonNegative.describe(
          'Farthest end of these intervals from 0: a larger difference would have been seen',
        ),
      }),
    ),
    hashNs: estimateSchema.describe(
      'CPU of hashing a secret and comparing the hash in constant time; n batches',
    ),
  })
  .describe('From the experiment `timing`')

export const part = { timing: timingSummarySchema.nullable().describe('Null without that experiment') }

export type Summary = SummaryWith<typeof part>
