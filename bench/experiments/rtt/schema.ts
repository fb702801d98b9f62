/** What a summary says of the distance between the replicas and Redis. */
import { z } from 'zod'
import { latencyRowSchema, type SummaryWith } from '../../figures/schema.ts'
import { estimateSchema, nonNegative } from '../../record/schema/basics.ts'

const distanceSchema = z
  .array(
    z.object({
      scheme: z.string(),
      oneByOne: z
        .boolean()
        .describe('Commands leave at once, instead of in batches, one under way at a time'),
      roundTripsPerRead: estimateSchema
        .nullable()
        .describe(
          'Slope of p50 over the added round trip at the lowest rate, within blocks: how many an answer waits for, ' +
            'one after the other; null for schemes without Redis',
        ),
      levels: z.array(
        z.object({
          arm: z.string(),
          roundTripMs: nonNegative.nullable().describe('Added by the relay; null: no Redis, and so no relay'),
          rungs: z.array(latencyRowSchema),
          servingCpuUs: z
            .array(z.object({ arrivalsPerSec: z.number(), estimate: estimateSchema }))
            .describe('CPU µs a request of replicas, Redis and proxy; the relay is in no tier'),
          closedLoopPerSec: estimateSchema
            .nullable()
            .describe('Throughput of the closed loop; the connections bound it, not the CPU'),
        }),
      ),
    }),
  )
  .describe('From the experiment `rtt`')

export const part = { distance: distanceSchema }

export type Summary = SummaryWith<typeof part>
