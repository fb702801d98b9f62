/** What all records share: the version, the warnings, the estimate. */
import { z } from 'zod'

/** Raised when a change makes older readers misread a record. Older versions migrate, newer ones are refused. */
export const SCHEMA_VERSION = 3

export const count = z.number().int().nonnegative()
export const nonNegative = z.number().nonnegative()
export const positive = z.number().positive()

export const warningSchema = z.enum([
  'smoke-profile',
  'few-blocks',
  'generator-saturated',
  'proxy-saturated',
  'redis-saturated',
  'replica-not-saturated',
  'replicas-share-cores',
  'replicas-uneven',
  'placement-unpinned',
  'foreign-cpu',
  'steal',
  'users-not-rotating',
  'tier-not-measured',
  'generator-lag',
  'rate-missed',
  'throttled',
  'run-queue-wait',
  'littles-law',
  'warm-up-not-over',
  'rejects-matter',
])

export const estimateSchema = z
  .object({
    value: z.number().describe('Median over blocks'),
    lo: z.number().describe('Lower end of the 95 % interval'),
    hi: z.number().describe('Upper end of the 95 % interval'),
    unit: z.string(),
    n: count.describe('Number of blocks (independent trials with fresh server processes)'),
    warnings: z.array(warningSchema),
  })
  .describe('A median over blocks with its interval')

export const comparisonSchema = z
  .object({
    estimate: estimateSchema,
    detected: z
      .boolean()
      .describe(
        'The interval excludes "no difference", p is below 5 % after Holm’s correction, and the effect ' +
          'exceeds the run’s own A/A error',
      ),
    p: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('Paired t-test over blocks, Holm-adjusted over its family; null below two blocks'),
    detectable: nonNegative
      .nullable()
      .describe(
        'Smallest effect that this many blocks of this noise show four times in five, in the unit of the ' +
          'estimate; null below two blocks',
      ),
  })
  .describe('A difference or ratio within blocks; one that was not detected stands behind ~')

export type Warning = z.infer<typeof warningSchema>
export type Estimate = z.infer<typeof estimateSchema>
