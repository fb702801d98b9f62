/** What a summary says of faults. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, nonNegative } from '../../record/schema/basics.ts'
import { faultIdSchema } from '../../record/schema/faults.ts'
import { settingsSchema } from '../../record/schema/settings.ts'

const measuredSchema = z
  .object({
    beforeShare: nonNegative,
    duringShare: nonNegative,
    endShare: nonNegative.describe('In the last second before the healing'),
    failed: count.describe(
      'Requests without a good answer, from the injection to the end of the observation',
    ),
    due: count.describe('Requests in that time'),
    firstFailureMs: nonNegative.nullable().describe('After the injection began; null: none'),
    recoveryMs: nonNegative
      .nullable()
      .describe(
        'From the end of the healing until 95 % of what was good before is good again for a second; null: not ' +
          'while it was watched',
      ),
    watchedMs: nonNegative.describe('After the end of the healing'),
    alive: count.describe('Logins that nobody had ended'),
    loggedOut: count.describe('Of those, the refused ones'),
    before: count.describe('Logins that nobody had ended and that were there when it began'),
    loggedOutBefore: count.describe('Of those, the refused ones'),
    revoked: count.describe('Acknowledged logouts'),
    late: count.describe('Those that were accepted beyond their declared bound'),
    revokedMeanwhile: count.describe('Logouts that were acknowledged between injection and healing'),
    lateMeanwhile: count,
    unacknowledged: count.describe('Logouts that were refused between injection and healing'),
    wrongUsers: count,
    hangs: count,
    serverErrors: count,
  })
  .describe('Shares are of good answers; counts are sums over the trials, times the worst of them')

export const part = {
  faults: z
    .array(
      z.object({
        arm: z.string(),
        scheme: z.string(),
        fault: faultIdSchema,
        settings: settingsSchema,
        trials: z.array(z.string()).min(1),
        perSec: nonNegative,
        measured: measuredSchema,
        expectations: z
          .array(z.object({ words: z.string(), kept: z.boolean(), always: z.boolean() }))
          .describe('Fixed before the run, by what the scheme declares; always: of every scheme and fault'),
        timeline: z
          .array(z.object({ fromMs: z.number(), goodShare: nonNegative.nullable() }))
          .describe('Of the first trial'),
        healFromMs: nonNegative.describe('Of the first trial, as is healedMs'),
        healedMs: nonNegative,
        examples: z.array(z.string()),
      }),
    )
    .describe('From the experiment `faults`; good is a right answer within half a second of when it was due'),
}

export type Summary = SummaryWith<typeof part>
