/** `load-check.json`: the load generator beside wrk, and what its open loop costs. */
import { z } from 'zod'
import { count, nonNegative, SCHEMA_VERSION } from './basics.ts'
import { environmentSchema, partSchema } from './run.ts'

const toolSample = z.object({
  throughputPerSec: nonNegative,
  cpuUsPerRequest: nonNegative.nullable().describe('Of the tool itself; null where it could not be read'),
  serverUtilization: nonNegative
    .nullable()
    .describe('Busy cores of the server: near 1 when the tool keeps it busy'),
})
const medianSchema = z.object({ value: nonNegative, lo: nonNegative, hi: nonNegative })
const bothTools = z.object({ generator: nonNegative.nullable(), wrk: nonNegative.nullable() })

export const loadCheckSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    ratio: medianSchema.describe(
      'Throughput of the generator ÷ throughput of wrk: median over the pairs, 95 % interval',
    ),
    tolerance: nonNegative,
    passed: z.boolean(),
    cpuUsPerRequest: bothTools.describe('Medians over the pairs'),
    serverUtilization: bothTools.describe('Medians over the pairs'),
    connections: count,
    durationSec: nonNegative,
    users: count,
    pairs: z.array(
      z.object({
        first: z.enum(['generator', 'wrk']),
        generator: toolSample,
        wrk: toolSample,
        ratio: nonNegative,
      }),
    ),
    wrk: partSchema,
    openLoop: z
      .object({
        arrivalsPerSec: nonNegative,
        users: count,
        windowSec: nonNegative,
        cpuUsPerRequest: medianSchema.describe('Of the generator: median over the windows, 95 % interval'),
        windows: z.array(nonNegative).describe('CPU µs a request in each window'),
      })
      .nullable()
      .describe('Poisson arrivals through the proxy; null where CPU time could not be read'),
    environment: environmentSchema,
  })
  .describe('The load generator compared with wrk against the same running server')

export type LoadCheck = z.infer<typeof loadCheckSchema>
