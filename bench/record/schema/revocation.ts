/** What is asked of an observation of revocations, and what it saw. */
import { z } from 'zod'
import { count, nonNegative } from './basics.ts'

export const waySchema = z
  .enum(['logout', 'logout-everywhere', 'disable'])
  .describe('End one login; end all logins of a user; lock a user out')

export const revocationPlanSchema = z.object({
  kind: z.literal('revocation'),
  users: count.min(1).describe('Users of its own, beyond those of the load; each is revoked once'),
  ways: z.array(waySchema).min(1),
  repeats: count.min(1).describe('Revocations of each way'),
  atOnce: count.min(1).describe('Revocations watched at the same time'),
  pollMs: nonNegative.describe(
    'Pause between an answer and the next use at the same replica; a hundredth of the time since the ' +
      'acknowledgement, once that is longer',
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
        refused: count.describe('Turns that say nothing: the login or the revocation was not accepted'),
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
