/**
 * Short access tokens, and refresh tokens that are used once: each use hands out the next one. A second use says that
 * somebody has a copy, and ends the login for both (RFC 9700, section 4.14.2).
 *
 * After a logout the access token works for the rest of its few minutes: nobody is asked about it.
 */
import { type Scheme, Unauthorized } from '../contract.ts'
import { userWide } from '../stores/logins.ts'
import { openRedis } from '../stores/redis.ts'
import { bearerAuth } from '../tokens/bearer.ts'
import { openTokens } from '../tokens/jose.ts'
import { refreshFamilies } from '../tokens/refresh.ts'
import type { User } from '../users/directory.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT of a few minutes, HS256, renewed by refresh tokens that rotate in Redis',
  traits: {
    state: 'token+redis',
    transport: 'bearer',
    revocation: 'bounded',
    userWide: 'bounded',
    boundedBy: 'ACCESS_TTL_SEC',
    payload: 'readable',
    token: 'jws',
    lastDay: true,
  },

  async open(config) {
    const tokens = await openTokens({ ...config, ttlSec: config.accessTtlSec }, 'HS256')
    const redis = await openRedis(config, { enableAutoPipelining: true })
    const families = refreshFamilies(redis, config)
    // The family is the login: its name is what all of its access tokens carry as `jti`.
    const access = (user: User, jti: string) => tokens.issue(user, { jti })
    return {
      ...bearerAuth(tokens),
      async login(_req, _res, user) {
        const { family, refreshToken } = await families.begin(user)
        return { token: await access(user, family), refreshToken }
      },
      async refresh(given) {
        const next = await families.rotate(given)
        if (!next) throw new Unauthorized()
        const { user, family, refreshToken } = next
        return { token: await access(user, family), ...(refreshToken && { refreshToken }) }
      },
      async save(_req, res, user) {
        await families.change(res.locals.claims.jti, user)
        return { token: await tokens.issue(user, res.locals.claims) }
      },
      logout: (_req, res) => families.end(res.locals.claims.jti, res.locals.user.username),
      ...userWide(families),
      async close() {
        redis.disconnect()
      },
    }
  },
}
