/** What a summary says of the size of the remembered state. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { estimateSchema } from '../../record/schema/basics.ts'
import { stateLimitSchema } from '../../record/schema/trial.ts'

export const part = {
  payload: z
    .array(
      z.object({
        scheme: z.string(),
        limit: stateLimitSchema.nullable().describe('Null where it was not looked for'),
        perKb: z
          .record(
            z.enum([
              'replicaCpuUs',
              'redisCpuUs',
              'proxyCpuUs',
              'servingCpuUs',
              'sentBytes',
              'receivedBytes',
              'replicaBytesPerUser',
              'redisBytesPerUser',
            ]),
            estimateSchema.nullable(),
          )
          .describe(
            'Least-squares slopes over the sizes, within blocks: what 1,000 bytes of state add to a request, or in ' +
              'memory to a logged-in user; null below two sizes, or where it could not be read',
          ),
        sizesBytes: z.array(z.number()).describe('Measured in every block, smallest first'),
      }),
    )
    .describe('From the experiment `payload`; its arms are among `arms`'),
}

export type Summary = SummaryWith<typeof part>
