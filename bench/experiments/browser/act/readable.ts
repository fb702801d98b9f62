/** What of a user's profile anybody can read in the credential, with nothing but base64. */
import type { Browser } from 'playwright-core'
import type { BrowserSeen } from '../../../record/types.ts'
import { ALL } from './defences.ts'
import { visiting } from './visit.ts'

type ProfileField = BrowserSeen['readable'][number]

/** Of the visit's user, as a server's directory has it. */
const PROFILE: Readonly<Record<ProfileField, string>> = {
  username: 'user0',
  name: 'User 0',
  email: 'user0@example.com',
  roles: 'member',
}

/** Logs in and looks into what the browser keeps. @param server its base URL */
export function readableIn(browser: Browser, server: string): Promise<ProfileField[]> {
  return visiting(browser, server, ALL, async (victim) => fieldsIn(await victim.credential()))
}

/** Looks at the text itself and at each run of characters in it that base64url may have made. */
export function fieldsIn(credential: string): ProfileField[] {
  const text = decodeURIComponent(credential)
  const decoded = (text.match(/[\w-]+/g) ?? []).map((part) => Buffer.from(part, 'base64url').toString('utf8'))
  const fields = Object.keys(PROFILE) as ProfileField[]
  return fields.filter((field) => [text, ...decoded].some((each) => each.includes(PROFILE[field])))
}
