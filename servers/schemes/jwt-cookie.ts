/** An HS256 JWT in an HttpOnly cookie: scripts cannot read it, and the app refuses cross-site requests. */
import type { Response } from 'express'
import { nowSec, type Scheme, Unauthorized } from '../contract.ts'
import { userOf } from '../tokens/claims.ts'
import { openTokens } from '../tokens/jose.ts'
import { cookieCredential, cookieName, cookieOptions, requireKept } from '../wire/credentials.ts'

export const scheme: Scheme = {
  summary: 'HS256 JWT in a __Host- cookie',
  traits: {
    state: 'token',
    transport: 'cookie',
    revocation: 'at-expiry',
    userWide: 'cannot',
    payload: 'readable',
    token: 'jws',
    lastDay: true,
  },

  async open(config) {
    const tokens = await openTokens(config, 'HS256')
    const name = cookieName(config, 'token')
    const options = cookieOptions(config)
    const answer = (res: Response, token: string, lifetimeSec: number) => {
      requireKept(name, token)
      res.cookie(name, token, { ...options, maxAge: lifetimeSec * 1000 })
      return {}
    }
    return {
      async guard(req, res, next) {
        const token = cookieCredential(req, name)
        const claims = token === undefined ? undefined : await tokens.verify(token)
        if (claims === undefined) throw new Unauthorized()
        res.locals.claims = claims
        res.locals.user = userOf(claims)
        next()
      },
      async login(_req, res, user) {
        return answer(res, await tokens.issue(user), config.ttlSec)
      },
      async save(_req, res, user) {
        const login = res.locals.claims
        return answer(res, await tokens.issue(user, login), login.exp - nowSec())
      },
      // This browser forgets its token; a copy of it works until it expires.
      async logout(_req, res) {
        res.clearCookie(name, options)
      },
      async close() {},
    }
  },
}
