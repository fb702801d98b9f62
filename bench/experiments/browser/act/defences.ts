/**
 * What stands between another site's page and a cookie, and how each of it is taken away for comparison. The servers have
 * no switch for that: it is undone on the way between them and the browser.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { BrowserSeen } from '../../../record/types.ts'

/** `unset`: the cookie comes without the attribute, and the browser does what it thinks best. */
type SameSite = NonNullable<BrowserSeen['forgeries'][number]['sameSite']>

export interface Defences {
  sameSite: SameSite
  httpOnly: boolean
  /** Whether the server learns where a request comes from (servers/wire/browsers.ts). */
  check: boolean
}

/** As the servers have them. */
export const ALL: Readonly<Defences> = { sameSite: 'Lax', httpOnly: true, check: true }

/** A `Set-Cookie` of the server as it would be with these defences alone; with all of them it is as it was. */
export function weakened(setCookie: string, { sameSite, httpOnly }: Defences): string {
  const [pair = '', ...attributes] = setCookie.split('; ')
  const changed = attributes.flatMap((attribute) => {
    if (attribute === 'HttpOnly') return httpOnly ? [attribute] : []
    if (attribute.startsWith('SameSite=')) return sameSite === 'unset' ? [] : [`SameSite=${sameSite}`]
    return [attribute]
  })
  return [pair, ...changed].join('; ')
}

/** The headers of a request as the server gets them: without the check, each seems to come from its own page. */
export function disguised(headers: IncomingHttpHeaders, { check }: Defences): IncomingHttpHeaders {
  return check ? headers : { ...headers, 'sec-fetch-site': 'same-origin' }
}
