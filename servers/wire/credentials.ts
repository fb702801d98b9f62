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
  let found: string | undefined
  for (let at = cookie.indexOf(name); at !== -1; at = cookie.indexOf(name, at + name.length)) {
    const before = cookie[at - 1]
    const isName =
      (before === undefined || before === ' ' || before === ';') && cookie[at + name.length] === '='
    if (!isName) continue
    if (found !== undefined) return undefined
    const end = cookie.indexOf(';', at)
    found = cookie.slice(at + name.length + 1, end === -1 ? undefined : end)
  }
  return found
}

const BEARER = /^Bearer ([\w.-]+)$/i
const CREDENTIAL_COOKIE = /(?:^|[; ])(?:__Host-)?(?:sid|token)=/

/** The token of the Authorization header; undefined where there are two, or a cookie carries a credential as well. */
export function bearerCredential(req: Request): string | undefined {
  const { cookie, authorization } = req.headers
  if (authorization === undefined || !isOnlyHeader(req, 'authorization')) return undefined
  if (cookie !== undefined && CREDENTIAL_COOKIE.test(cookie)) return undefined
  return bearerToken(authorization)
}

/** The token in the text of an Authorization header. */
export function bearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1]
}

/** Node keeps the first of two Authorization headers and hides the other; only the raw list shows both. */
function isOnlyHeader(req: Request, name: string): boolean {
  let count = 0
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const header = req.rawHeaders[i] as string
    if (header.length === name.length && header.toLowerCase() === name) count += 1
  }
  return count === 1
}
