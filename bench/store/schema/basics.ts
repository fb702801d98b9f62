/** What all records share: the version, the warnings, the estimate. */
import { z } from 'zod'

/** Raised when a change makes older readers misread a record. Older versions migrate, newer ones are refused. */
export const SCHEMA_VERSION = 3

export const count = z.number().int().nonnegative()
export const nonNegative = z.number().nonnegative()

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

/** One value for each tier of a fleet. */
export const perTier = <T extends z.ZodType>(value: T) =>
  z.object({ replicas: value, redis: value, proxy: value, generator: value })
