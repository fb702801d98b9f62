/** Where a request carries its credential. A request that carries two is ambiguous and counts as none. */
import type { CookieOptions, Request } from 'express'
import type { ServerConfig } from '../config.ts'
import { CredentialTooLarge } from '../contract.ts'

/** draft-ietf-httpbis-rfc6265bis-22, section 5.6, step 5: octets of name and value; attributes do not count. */
const COOKIE_LIMIT_BYTES = 4096

/** `__Host-` binds the cookie to TLS and to this host, with all of its paths; plain HTTP cannot have that. */
export function cookieName(config: ServerConfig, name: 'sid' | 'token'): string {
  return config.plainHttp ? name : `__Host-${name}`
}

/** Attributes of a credential's cookie. Clearing it must name the same ones. */
export function cookieOptions(config: ServerConfig): CookieOptions {
  return { path: '/', httpOnly: true, secure: !config.plainHttp, sameSite: 'lax' }
}

/** Throws CredentialTooLarge for a cookie that browsers would drop without a word, after a login that looks right. */
export function requireKept(name: string, value: string): void {
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > COOKIE_LIMIT_BYTES) throw new CredentialTooLarge()
}

/** The value of the cookie of that name; undefined where there are several, or an Authorization header as well. */
export function cookieCredential(req: Request, name: string): string | undefined {
  const { cookie, authorization } = req.headers
  if (cookie === undefined || authorization !== undefined) return undefined
  const [found, another] = cookiesNamed(cookie, name)
  return another === undefined ? found : undefined
}

/**
 * The values of all cookies of that name in a Cookie header, found as express-session's own parser finds them: space and
 * tab around a name and a value do not count. Where the two differed, this would let through what that reads otherwise.
 */
export function cookiesNamed(header: string, name: string): string[] {
  const found: string[] = []
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + name.length)) {
    let before = at - 1
    while (isBlank(header[before])) before -= 1
    if (before >= 0 && header[before] !== ';') continue
    let equals = at + name.length
    while (isBlank(header[equals])) equals += 1
    if (header[equals] !== '=') continue
    const end = header.indexOf(';', equals)
    let [from, to] = [equals + 1, end === -1 ? header.length : end]
    while (from < to && isBlank(header[from])) from += 1
    while (to > from && isBlank(header[to - 1])) to -= 1
    found.push(header.slice(from, to))
  }
  return found
}

const isBlank = (character: string | undefined) => character === ' ' || character === '\t'

const BEARER = /^Bearer ([\w.-]+)$/i
const CREDENTIAL_COOKIES = ['sid', 'token', '__Host-sid', '__Host-token']

/** The token of the Authorization header; undefined where there are two, or a cookie carries a credential as well. */
export function bearerCredential(req: Request): string | undefined {
  const { cookie, authorization } = req.headers
  if (authorization === undefined || !isOnlyHeader(req, 'authorization')) return undefined
  if (cookie !== undefined && CREDENTIAL_COOKIES.some((name) => cookiesNamed(cookie, name).length > 0))
    return undefined
  return bearerToken(authorization)
}

/** The token in the text of an Authorization header. */
export function bearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1]
}

/** Node keeps the first of two such headers (Authorization, Host) and hides the other; only the raw list shows both. */
export function isOnlyHeader(req: Request, name: 'authorization' | 'host'): boolean {
  let count = 0
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const header = req.rawHeaders[i] as string
    if (header.length === name.length && header.toLowerCase() === name) count += 1
  }
  return count === 1
}
