/** Trials that look at something before their window, on fresh server processes without load, and what each kind saw. */
import { z } from 'zod'
import { count, nonNegative } from './basics.ts'

const theftSchema = z
  .object({
    keptIn: z.enum(['local-storage', 'plain-cookie', 'http-only-cookie']),
    readable: z.boolean().describe('What the script could read let somebody in from elsewhere'),
    usable: z.boolean().describe('The script could send requests with the credential from where it was'),
  })
  .describe('A script that got into a page of the application')

export const forgerySchema = z
  .object({
    request: z.enum(['img-get', 'fetch-no-cors', 'fetch-json', 'link-get', 'form-post']),
    from: z
      .enum(['cross-site', 'same-site'])
      .describe('same-site: from a page on another subdomain of the application’s own domain'),
    sameSite: z
      .enum(['None', 'unset', 'Lax', 'Strict'])
      .nullable()
      .describe('Of the cookie; null where the credential travels in a header'),
    check: z.boolean().describe('The server checks where requests come from'),
    arrived: z
      .object({ attached: z.boolean().describe('With a credential'), status: count })
      .nullable()
      .describe('Null: the browser did not send it'),
    changed: z.boolean().describe('The application’s own page found the change afterwards'),
  })
  .describe('A request for a change that another page made the browser send')

/** What a real browser, and what anybody without a key, can do with the credential of a scheme. */
export const browserSchema = z
  .object({
    kind: z.literal('browser'),
    version: z.string().describe('Of Chromium'),
    readable: z
      .array(z.enum(['username', 'name', 'email', 'roles']))
      .describe('What of the user’s profile is in the credential, decoded from base64 at most'),
    thefts: z.array(theftSchema),
    forgeries: z.array(forgerySchema),
  })
  .describe('Seen in a real browser at a server with Secure cookies, over HTTPS')

/** What became of credentials that nobody issued. */
const counterfeitsPlanSchema = z.strictObject({
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

/** Whether lookups by a raw secret tell by their duration how much of a guess was right. */
const timingPlanSchema = z.strictObject({
  kind: z.literal('timing'),
  keys: count.min(1).describe('Sessions that are in Redis'),
  batches: count.min(2).describe('Of samples; one value a batch is compared'),
  rounds: count.min(4).describe('Lookups of each class in a batch'),
})

export const timingSchema = z
  .object({
    kind: z.literal('timing'),
    node: z.string().describe('Version of the Node that looked up and hashed'),
    ways: z.array(
      z.object({
        way: z
          .enum(['direct', 'http'])
          .describe('Commands sent to Redis; requests to a server that sends them'),
        classes: z.array(
          z.object({
            lookup: z
              .enum(['plain', 'leaky'])
              .describe('leaky: characters are also compared, slowly, until one differs; this must be seen'),
            shared: count.describe(
              'Leading characters that the guess has in common with a session that exists',
            ),
            twin: z
              .boolean()
              .describe('The second class that shares nothing: it must not differ from the first'),
            batchNs: z
              .array(nonNegative)
              .describe('Of each batch, the mean of the middle half of its durations'),
          }),
        ),
      }),
    ),
    hashNs: z
      .array(nonNegative)
      .describe('CPU of hashing a secret by SHA-256 and comparing it in constant time, one mean a batch'),
  })
  .describe('Durations of lookups of ids that do not exist, in classes made alike and mixed at random')

export const examineSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('browser') }),
    counterfeitsPlanSchema,
    timingPlanSchema,
  ])
  .describe(
    'What is looked at first, on fresh server processes of its own; the window is measured afterwards',
  )

export const examinedSchema = z
  .discriminatedUnion('kind', [browserSchema, counterfeitsSchema, timingSchema])
  .describe('What `examine` saw')

export type Examine = z.infer<typeof examineSchema>
export type Examined = z.infer<typeof examinedSchema>
/** What was seen in a real browser. */
export type BrowserSeen = Extract<Examined, { kind: 'browser' }>
/** What was seen of the durations of lookups. */
export type TimingSeen = Extract<Examined, { kind: 'timing' }>
