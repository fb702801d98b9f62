/** What browsers are told with a reply and asked with a request, whatever the scheme. It keeps no state. */
import type { Request, RequestHandler } from 'express'
import type { ServerConfig } from '../config.ts'
import { isOnlyHeader } from './credentials.ts'

const A_YEAR_SEC = 31_536_000

/** Headers of every page that depends on who asks. */
export function privatePage({ plainHttp }: ServerConfig): RequestHandler {
  return (_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('X-Content-Type-Options', 'nosniff')
    if (!plainHttp) res.setHeader('Strict-Transport-Security', `max-age=${A_YEAR_SEC}; includeSubDomains`)
    next()
  }
}

/** express-session drops a Secure cookie on a plain connection without a word: a login that looks right. */
export const httpsOnly: RequestHandler = (req, res, next) => {
  if (req.secure) next()
  else res.status(403).json({ error: 'https required' })
}

/**
 * Answers 403 unless the request comes from our own pages or straight from the user. Browsers attach cookies by
 * themselves, so every scheme with a cookie needs this. There is no token: the browser says where a request comes from.
 */
export function sameOriginOnly(config: ServerConfig): RequestHandler {
  return (req, res, next) => {
    if (isSameOrigin(req, config)) next()
    else res.status(403).json({ error: 'cross-site request' })
  }
}

function isSameOrigin(req: Request, config: ServerConfig): boolean {
  const { 'sec-fetch-site': site, origin } = req.headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  // Browsers without Sec-Fetch-Site send Origin. Neither header means a client that must say who it is.
  return origin !== undefined && origin === ownOrigin(req, config)
}

const HOST = /^[\w.:[\]-]+$/

/**
 * Our origin as a browser would write it: lower case, without the port that the scheme implies (RFC 6454, section 6.2).
 * Undefined where the request does not name one host.
 *
 * The scheme is not that of the connection: cookies are Secure unless there is no TLS at all, so our pages have no other.
 */
function ownOrigin(req: Request, { plainHttp }: ServerConfig): string | undefined {
  const { host = '' } = req.headers
  if (!HOST.test(host) || !isOnlyHeader(req, 'host')) return undefined
  const url = `${plainHttp ? 'http' : 'https'}://${host}`
  return URL.canParse(url) ? new URL(url).origin : undefined
}
