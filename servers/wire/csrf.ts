/**
 * Refuses unsafe requests that another site could have caused. Browsers attach cookies by themselves, so
 * every scheme with a cookie needs this. It keeps no state and sets no second cookie: the browser itself
 * says where a request comes from.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { RequestHandler } from 'express'

/** Answers 403 unless the request comes from our own pages or straight from the user. */
export const sameOriginOnly: RequestHandler = (req, res, next) => {
  if (isSameOrigin(req.headers)) next()
  else res.status(403).json({ error: 'cross-site request' })
}

function isSameOrigin({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  // Browsers without Sec-Fetch-Site send Origin. Neither header means a client that must say who it is.
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
