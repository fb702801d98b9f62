/** What became of credentials that nobody issued. */
import { z } from 'zod'
import { count } from './basics.ts'

export const counterfeitsPlanSchema = z.strictObject({
  kind: z.literal('counterfeits'),
  tries: count
    .min(1)
    .describe('Credentials that nobody issued, made from two that were, by turns in each way'),
})

export const counterfeitsSchema = z
  .object({
    kind: z.literal('counterfeits'),
    tried: count,
    accepted: count.describe('Answered as if it were somebody’s'),
    failed: count.describe('Answered 500 or more'),
    unanswered: count,
    examples: z.array(z.string()).describe('Way and status of a few that were accepted or failed'),
  })
  .describe(
    'Changed characters, parts and claims, other algorithms, no signature; the true one worked to the end',
  )
