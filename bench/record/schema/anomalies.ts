/** What is asked of an observation of anomalies, and what it counted. */
import { z } from 'zod'
import { count } from './basics.ts'

export const anomaliesPlanSchema = z.object({
  kind: z.literal('anomalies'),
  users: count.min(1).describe('Users of its own, beyond those of the load'),
  updates: z
    .object({ groups: count.min(1), clients: count.min(2) })
    .describe('Clients of one login that each read, add a preference of their own and write, all at once'),
  heldWrites: count.min(1).describe('Writes whose body comes when the logout was acknowledged'),
  races: z
    .object({ times: count.min(1), clients: count.min(2) })
    .describe('Clients that send the same refresh token at once'),
  strays: count.min(1).describe('Uses at each replica by turns, whichever the user logged in at'),
})

export const anomaliesSchema = z
  .object({
    kind: z.literal('anomalies'),
    updates: z
      .object({
        n: count.describe('Acknowledged updates'),
        lost: count.describe('Those that the last writer does not find'),
        groups: count,
        copies: count.describe(
          'Different states that the clients of a group find in the end, over all groups',
        ),
      })
      .nullable(),
    heldWrites: z
      .object({
        n: count.describe('Acknowledged logouts with a write in flight'),
        undone: count.describe('Those after which the old credential was accepted again, beyond the bound'),
      })
      .nullable()
      .describe('Null where a logout does not end a credential'),
    races: z
      .object({
        n: count,
        clients: count,
        successors: z.array(count).describe('Refresh tokens that were handed out in each race'),
        let: count.describe('Accepted answers beyond one for each successor, over all races'),
        loggedOut: count.describe('Races after which no client could refresh any more'),
      })
      .nullable()
      .describe('Null where nothing is refreshed'),
    lostReplies: z
      .object({
        n: count.describe(
          'Logins whose refresh token was used, and used again as if the reply had been lost',
        ),
        wentOn: count.describe('Those whose second reply had a refresh token that worked'),
        copies: count.describe('Other logins whose used refresh token was used again by somebody else'),
        letIn: count.describe('Those that were answered with tokens'),
      })
      .nullable()
      .optional()
      .describe('Null where nothing is refreshed; absent in records from before 2026-11-29'),
    strays: z.object({
      n: count.describe('Uses'),
      refused: count.describe('Those that were answered 401'),
    }),
    wrongUsers: count.describe('Answers that named another user'),
    hangs: count.describe('Requests without an answer within their limit'),
  })
  .describe('Counted anomalies of concurrent requests')
