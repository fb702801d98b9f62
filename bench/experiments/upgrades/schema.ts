/** What a summary says of other versions. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { comparisonSchema, estimateSchema } from '../../record/schema/basics.ts'
import { pointSchema } from '../../record/schema/turns.ts'

const version = z
  .string()
  .nullable()
  .describe('Null: as it is locked, where the run does not say which; of a commit, as the checkout has it')

export const part = {
  upgrades: z
    .array(
      z.object({
        scheme: z.string(),
        arm: z.string().describe('Id of the arm'),
        than: z.string().describe('Id of the arm that it is compared with'),
        changes: z
          .array(
            z.object({ name: z.string().describe('Of a package, node or commit'), version, than: version }),
          )
          .describe('What differs between the two'),
        points: z
          .array(
            pointSchema.extend({
              cpuUs: estimateSchema.describe('CPU of replicas, Redis and proxy together'),
              thanUs: estimateSchema.describe('The same of the arm that it is compared with'),
              cpuChange: comparisonSchema.describe(
                'CPU a request beyond that of the other, each turn minus the other’s nearest turn, as a share of the ' +
                  'other’s mean; p by Holm over all upgrades and points',
              ),
            }),
          )
          .describe('By rising rate; the closed loop last'),
      }),
    )
    .describe('From the experiment `upgrades`'),
}

export type Summary = SummaryWith<typeof part>
export type Upgraded = Summary['upgrades'][number]
