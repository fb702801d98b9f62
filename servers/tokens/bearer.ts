/** What every scheme with a token in the Authorization header shares. */
import { type Auth, type Traits, Unauthorized } from '../contract.ts'
import { bearerCredential } from '../wire/credentials.ts'
import { type Claims, type Tokens, userOf } from './claims.ts'

/** Of a scheme whose token is all that there is: nobody is asked about it, so it works until it expires. */
export const bearerTraits = {
  state: 'token',
  transport: 'bearer',
  revocation: 'at-expiry',
  userWide: 'cannot',
} as const satisfies Partial<Traits>

/** An Auth over signed bearer tokens. `isDenied` is asked about every token whose signature is right. */
export function bearerAuth(tokens: Tokens, isDenied?: (claims: Claims) => Promise<boolean>): Auth {
  return {
    async guard(req, res, next) {
      const token = bearerCredential(req)
      const claims = token === undefined ? undefined : await tokens.verify(token)
      if (claims === undefined || (isDenied !== undefined && (await isDenied(claims))))
        throw new Unauthorized()
      res.locals.claims = claims
      res.locals.user = userOf(claims)
      next()
    },
    async login(_req, _res, user) {
      return { token: await tokens.issue(user) }
    },
    async save(_req, res, user) {
      return { token: await tokens.issue(user, res.locals.claims) }
    },
    // The server keeps nothing that it could forget: the client drops its token, a copy of it lives on.
    async logout() {},
    async close() {},
  }
}
