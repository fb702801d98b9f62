/** What is asked of an observation of revocations, and what it saw. */
import { z } from 'zod'
import { count, nonNegative, warningSchema } from './basics.ts'
import { settingsSchema } from './settings.ts'

const waySchema = z
  .enum(['logout', 'logout-everywhere', 'disable'])
  .describe('End one login; end all logins of a user; lock a user out')

export const revocationPlanSchema = z.object({
  kind: z.literal('revocation'),
  users: count.min(1).describe('Users of its own, beyond those of the load; each is revoked once'),
  ways: z.array(waySchema).min(1),
  repeats: count.min(1).describe('Revocations of each way'),
  atOnce: count.min(1).describe('Revocations watched at the same time'),
  pollMs: nonNegative.describe(
    'Pause between the answer to one use and the next at the same replica; later than a hundred times as long ' +
      'after the acknowledgement, a hundredth of the time since',
  ),
  quietMs: nonNegative.describe('A watch ends when every replica has refused for so long'),
})

export const revocationSchema = z
  .object({
    kind: z.literal('revocation'),
    ways: z.array(
      z.object({
        way: waySchema,
        boundMs: nonNegative
          .nullable()
          .describe(
            'How long after the acknowledgement a use may be accepted, as declared; null: no such bound',
          ),
        shippedBoundMs: nonNegative
          .nullable()
          .describe('The same where no lifetime is shortened for the trial; null: no such bound'),
        unsupported: z.boolean().describe('Answered 501, as declared: the scheme cannot'),
        ageMs: z
          .array(nonNegative)
          .describe('For each revocation, from the start of the login to the acknowledgement'),
        lastAcceptedMs: z
          .array(nonNegative.nullable())
          .describe(
            'From the acknowledgement to the start of the last use that any replica accepted; ' +
              'null: none that began later was accepted',
          ),
        refusedFromMs: z
          .array(nonNegative)
          .describe('The same to the start of the use from which on every replica refused'),
        refused: count.describe('Turns whose login or revocation was not accepted, so that nothing follows'),
        cut: count.describe('Watches that the end of the window cut short; they have no figure'),
      }),
    ),
    uses: count.describe('Uses of a credential whose answers were checked'),
    late: count.describe('Accepted uses that began later than the bound after an acknowledged revocation'),
    wrongUsers: count.describe('Answers that named another user'),
    hangs: count.describe('Requests without an answer within their limit'),
    examples: z.array(z.string()).describe('A few of these, without credentials'),
  })
  .describe('What became of credentials after an acknowledged revocation, on each replica')

const repeatsSchema = z
  .object({
    value: nonNegative.describe('Median over revocations'),
    lo: nonNegative.describe('Lower end of its 95 % interval'),
    hi: nonNegative,
    worst: nonNegative,
  })
  .describe('Milliseconds')

export const revocationSummarySchema = z
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
          refused: count.describe('Those that were not accepted, or whose login was not'),
          accepted: count.describe('Revocations after whose acknowledgement a use began that was accepted'),
          lastAcceptedMs: repeatsSchema
            .nullable()
            .describe('From the acknowledgement to the start of the last accepted use; 0 where none was'),
          refusedFromMs: repeatsSchema
            .nullable()
            .describe('To the start of the use from which on all refused'),
          lastAgeMs: repeatsSchema
            .nullable()
            .describe('From the login to the start of the first refused use; null: nothing was accepted'),
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
