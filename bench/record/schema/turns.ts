/** The turns of one arm in one generation of processes, by column, since a run has thousands of them. */
import { z } from 'zod'
import { perTier } from '../tiers.ts'
import { count, nonNegative, positive } from './basics.ts'

/** What a turn was about. */
export const pointSchema = z.object({
  perSec: nonNegative
    .nullable()
    .describe('Arrival rate for each replica; 0: no request; null: closed loop, saturation'),
  handlerUs: count.describe('Handler work of each request, µs of CPU'),
})

export const turnsSchema = z
  .object({
    points: z.array(pointSchema),
    order: z
      .array(count)
      .describe(
        'Place of each turn in its generation: two arms whose places lie side by side met the same machine',
      ),
    point: z.array(count).describe('Index of its point'),
    set: z
      .array(count)
      .optional()
      .describe(
        'Which set of processes took it, where the control has several that rest as long as the arms beside it; absent: the only one',
      ),
    seconds: z.array(positive).describe('Between the two readings of CPU'),
    requests: z.array(count).describe('Replies inside the window'),
    cpuUs: perTier(z.array(nonNegative).nullable()).describe(
      'CPU of each tier; null: not readable, or absent',
    ),
    hostUs: z.array(nonNegative).nullable().describe('CPU of the whole machine'),
    meanInFlight: z
      .array(nonNegative)
      .describe('Requests sent and not yet answered, average over the window'),
    failed: z.array(count).describe('Arrivals that were not answered 2xx'),
  })
  .describe('All columns have one value a turn, in the order of time')

export type Point = z.infer<typeof pointSchema>
export type Turns = z.infer<typeof turnsSchema>
