/** What a summary says of revocation, and of renewing access tokens. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { count, estimateSchema, nonNegative, warningSchema } from '../../record/schema/basics.ts'
import { waySchema } from '../../record/schema/revocation.ts'
import { settingsSchema } from '../../record/schema/settings.ts'
import { SERVING } from '../../record/tiers.ts'

const repeatsOrNull = z
  .object({
    value: nonNegative.describe('Median over revocations'),
    lo: nonNegative.describe('Lower end of its 95 % interval'),
    hi: nonNegative,
    worst: nonNegative,
  })
  .describe('Milliseconds')
  .nullable()

const revocationSummarySchema = z
  .array(
    z.object({
      arm: z.string(),
      scheme: z.string(),
      replicas: count.min(1),
      settings: settingsSchema.describe('What was shortened for these trials'),
      ways: z.array(
        z.object({
          way: waySchema,
          boundMs: nonNegative.nullable().describe('As declared, with these settings; null: none'),
          shippedBoundMs: nonNegative.nullable().describe('As declared, with the settings as they are'),
          unsupported: z.boolean().describe('The scheme cannot, as declared, and says so'),
          n: count.describe('Revocations that were watched to their end'),
          cut: count.describe('Those that were not'),
          refused: count.describe('Revocations that were not accepted, or that had no accepted login'),
          accepted: count.describe('Revocations with an accepted use that began after the acknowledgement'),
          lastAcceptedMs: repeatsOrNull.describe(
            'From the acknowledgement to the start of the last accepted use; 0 where none was',
          ),
          refusedFromMs: repeatsOrNull.describe('To the start of the use from which on all refused'),
          lastAgeMs: repeatsOrNull.describe(
            'From the login to the start of the first refused use; null: nothing was accepted',
          ),
          beyondWorst: z
            .number()
            .nullable()
            .describe(
              'At most this share of revocations takes longer than the worst that was seen, with 95 %',
            ),
        }),
      ),
      uses: count,
      late: count.describe('Accepted later than the bound'),
      wrongUsers: count,
      hangs: count,
      examples: z.array(z.string()),
      warnings: z.array(warningSchema),
      trials: z.array(z.string()).describe('Ids of those behind these figures'),
    }),
  )
  .describe('From the experiment `revocation`')

const refreshSchema = z
  .array(
    z.object({
      arm: z.string(),
      scheme: z.string(),
      cpuUs: z
        .record(z.enum([...SERVING.map(({ key }) => key), 'total']), estimateSchema.nullable())
        .describe('CPU µs of a refresh'),
      curve: z
        .array(
          z.object({
            lifetimeMin: nonNegative.describe(
              'Of an access token, which is also how long a revoked one is accepted',
            ),
            requestsPerHour: nonNegative.describe('Refreshes of a user who is active all the time'),
            cpuMsPerHour: estimateSchema.describe('Their CPU'),
          }),
        )
        .describe('Computed from the CPU of one refresh; shortest lifetime first'),
    }),
  )
  .describe('From the experiment `revocation`, schemes whose access tokens are renewed')

export const part = { revocation: revocationSummarySchema, refresh: refreshSchema }

export type Summary = SummaryWith<typeof part>
