/** What a summary says of cost over load. */
import { z } from 'zod'
import { comparisonSchema, count, estimateSchema, nonNegative } from '../record/schema/basics.ts'
import { pointSchema } from '../record/schema/turns.ts'
import { SERVING } from '../record/tiers.ts'

const perServing = z.object(Object.fromEntries(SERVING.map(({ key }) => [key, nonNegative])))

const curvePointSchema = pointSchema.extend({
  turns: count,
  generations: count.describe('Sets of fresh processes that the turns are from'),
  cpuUs: estimateSchema.describe(
    'CPU of replicas, Redis and proxy together; 20 % trimmed mean over turns, n turns',
  ),
  tierUs: perServing,
  busy: nonNegative.describe('Of a core, by one replica'),
  meanInFlight: nonNegative,
  taxUs: comparisonSchema
    .nullable()
    .describe(
      'CPU that the scheme adds: each turn minus the control’s nearest turn at this point; null for the control',
    ),
  timesControl: estimateSchema.nullable().describe('The same as a ratio'),
})

const curveSchema = z.object({
  scheme: z.string(),
  twin: z.boolean(),
  points: z.array(curvePointSchema).describe('By rising rate; the closed loop last'),
  idleCores: perServing
    .nullable()
    .describe('Cores that each tier takes with connections open and no request; null: no idle turns'),
  halfBusyPerSec: z
    .object({ value: nonNegative, lo: nonNegative, hi: nonNegative, isAtLeast: z.boolean() })
    .nullable()
    .describe(
      'Requests/s at which a replica without handler work is busy for half of a core: between the measured rates on ' +
        'the line of the logarithms; isAtLeast: it was less busy at the highest of them',
    ),
})

const swapSchema = z
  .object({
    handlerUs: count,
    below: z.string().describe('Takes less CPU at lower rates'),
    above: z.string().describe('Takes less at higher ones'),
    perSec: z.object({ value: nonNegative, lo: nonNegative, hi: nonNegative }),
  })
  .describe(
    'Two schemes that change places: lo and hi are the nearest rates at which one, and then the other, takes less, p below ' +
      '5 % by Holm over all pairs and rates with this handler work; value is where the line between them crosses zero',
  )

const pairSchema = z
  .object({
    more: z.string(),
    less: z.string(),
    points: z.array(
      pointSchema.extend({
        byUs: z
          .object({ value: z.number(), lo: z.number(), hi: z.number() })
          .describe('CPU µs that a request takes beyond the other; negative where it takes less'),
        p: nonNegative.describe('Two-sided, by Student’s t'),
        times: z
          .object({
            cpu: estimateSchema.nullable().describe('CPU a request, the one ÷ the other'),
            tax: estimateSchema.nullable().describe('What the one adds to the control ÷ what the other adds'),
          })
          .nullable()
          .describe(
            'By Fieller; null where the other’s is not told from zero. The intervals at all rates with this handler work ' +
              'hold together in 95 % of runs (Bonferroni); that of the closed loop by itself. Null for pairs that no claim compares',
          ),
      }),
    ),
  })
  .describe('Two schemes, turn beside turn')

const followsSchema = z
  .object({
    schemes: count,
    points: count.describe('Points of the load at which any of them has a tax'),
    candidates: z
      .array(
        z.object({
          by: z.enum(['rate', 'busy', 'inFlight']).describe('All three of the control, at the same point'),
          missShare: nonNegative,
          p: nonNegative
            .nullable()
            .describe(
              'That it misses by no more than the first: by a bootstrap of the noise, by Holm; null for the first',
            ),
        }),
      )
      .describe('Best first'),
    flat: z
      .object({ missShare: nonNegative, p: nonNegative.nullable() })
      .describe('One figure a scheme, the same at every load; p that it misses by no more than the best'),
    noiseShare: nonNegative.describe('Miss of the true tax itself, by the noise of the figures alone'),
  })
  .describe(
    'What the taxes of the open loop follow: by how much a line over the logarithm of each candidate misses the tax of a ' +
      'point that it was not fitted to; root mean square as a share of the tax, weighted by the errors, over all schemes',
  )

export const costCurvesSchema = z
  .object({
    curves: z.array(curveSchema),
    everyday: pointSchema
      .nullable()
      .describe(
        'Where headlines are taken: with the most handler work, the highest rate at which no replica was too busy and many turns were taken, so that ' +
          'processes are about half busy, as those of a service are; null without turns',
      ),
    follows: followsSchema
      .nullable()
      .describe('Null with fewer than two amounts of handler work at two rates each, or three rates'),
    pairs: z.array(pairSchema).describe('All pairs of schemes besides the control'),
    equal: z
      .array(pointSchema.extend({ byUs: z.number(), p: nonNegative.describe('By Holm over all points') }))
      .describe(
        'CPU µs that a request takes with the second control beyond the first; empty without a second',
      ),
    swaps: z.array(swapSchema),
    controlSets: count.describe(
      'Most sets of processes that the control had in a generation; 1 beside many arms: it was asked more often than they were',
    ),
    noise: z
      .object({
        hostSd: nonNegative.describe(
          'Standard deviation of the logarithm of a turn’s CPU a request, of one control',
        ),
        pairedSd: nonNegative.describe('The same of the ratio of two equal controls side by side'),
        habitSd: nonNegative
          .nullable()
          .describe('What processes of one arm differ by, as a share of CPU a request; null: one generation'),
        pacedSd: nonNegative
          .nullable()
          .describe(
            'The same when each turn is divided by the sender’s CPU a request, relative to its arm’s own',
          ),
      })
      .nullable()
      .describe('Pooled over points; null without a second control'),
  })
  .describe('CPU a request over load, from turns; empty for runs that took none')

export type CostCurves = z.infer<typeof costCurvesSchema>
export type ComparedCurves = Omit<CostCurves, 'follows' | 'swaps'>
export type Curve = CostCurves['curves'][number]
export type CurvePoint = Curve['points'][number]
export type Follows = NonNullable<CostCurves['follows']>
export type CostPair = CostCurves['pairs'][number]
