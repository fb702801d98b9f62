/** What a real browser, and what anybody without a key, can do with the credential of a scheme. */
import { z } from 'zod'
import { count } from './basics.ts'

const profileFieldSchema = z.enum(['username', 'name', 'email', 'roles'])

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

export const browserSchema = z
  .object({
    kind: z.literal('browser'),
    version: z.string().describe('Of Chromium'),
    readable: z
      .array(profileFieldSchema)
      .describe('What of the user’s profile is in the credential, decoded from base64 at most'),
    thefts: z.array(theftSchema),
    forgeries: z.array(forgerySchema),
  })
  .describe('Seen in a real browser at a server with Secure cookies, over HTTPS')
