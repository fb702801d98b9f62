/** What a summary says of logins and of whole journeys. */
import { z } from 'zod'
import { comparisonSchema, count, estimateSchema, nonNegative, perTier } from '../../record/schema/basics.ts'

export const hashedLoginSchema = z
  .object({
    scheme: z.string(),
    cpuUs: estimateSchema.describe('CPU µs of a login whose password is hashed: replicas, Redis and proxy'),
    hashShare: estimateSchema
      .nullable()
      .describe('1 − CPU of a login without hashing ÷ CPU of one with it, within blocks'),
  })
  .describe('From the experiment `login`')

const stepSchema = z.object({ p50Us: estimateSchema, p99Us: estimateSchema })

export const journeySummarySchema = z
  .object({
    arm: z.string(),
    steps: count.describe('Of one journey'),
    cpuUs: z
      .object({
        replicas: estimateSchema.nullable(),
        redis: estimateSchema.nullable(),
        proxy: estimateSchema.nullable(),
        total: estimateSchema.nullable(),
      })
      .describe('CPU µs of a journey: that of a request in the window × steps'),
    taxUs: comparisonSchema
      .nullable()
      .describe(
        'What the scheme adds to the CPU of a journey of the controls, within blocks; null for controls',
      ),
    redisCommands: estimateSchema.nullable().describe('Of a journey; null without Redis'),
    started: count.describe('Over all blocks, as are the other two'),
    finished: count,
    failed: count,
    utilization: perTier(nonNegative.nullable()).describe('Busy cores, medians over blocks'),
    latency: z
      .object({ login: stepSchema, read: stepSchema, write: stepSchema, logout: stepSchema })
      .describe('Intended send to last byte; quantiles of each block, medians over blocks'),
  })
  .describe('From the experiment `journey`')
