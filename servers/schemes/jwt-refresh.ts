/**
 * Short access tokens, and refresh tokens that are used once: each use hands out the next one. A later use says that
 * somebody has a copy, and ends the login for both (RFC 9700, section 4.14.2). Within `REFRESH_GRACE_SEC` it hands out
 * the same next one again, since a reply may be lost; for so long a copy is not noticed.
 *
 * After a logout the access token works for the rest of its few minutes: nobody is asked about it.
 */
import { nowSec, type Scheme, Unauthorized } from '../contract.ts'
import { userWide } from '../stores/epochs.ts'
import { openRedis } from '../stores/redis.ts'
import { bearerAuth } from '../tokens/bearer.ts'
import { openTokens } from '../tokens/jose.ts'
import { familyCommands, refreshFamilies } from '../tokens/refresh.ts'

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
  sends: familyCommands,

  async open(config) {
    const tokens = await openTokens({ ...config, ttlSec: config.accessTtlSec }, 'HS256')
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: familyCommands(config) })
    const families = refreshFamilies(redis, config)
    // The family is the login: its name is what all of its access tokens carry as `jti`.
    return {
      ...bearerAuth(tokens),
      async login(_req, _res, user) {
        const { family, refreshToken } = await families.begin(user)
        return { token: await tokens.issue(user, { jti: family }), refreshToken }
      },
      async refresh(given) {
        const next = await families.rotate(given)
        if (!next) throw new Unauthorized()
        const { user, family, refreshToken, leftSec } = next
        const exp = nowSec() + Math.min(config.accessTtlSec, leftSec)
        return { token: await tokens.issue(user, { jti: family, exp }), refreshToken }
      },
      async save(_req, res, user) {
        await families.change(res.locals.claims.jti, user)
        return { token: await tokens.issue(user, res.locals.claims) }
      },
      logout: (_req, res) => families.end(res.locals.claims.jti),
      ...userWide(families.epochs),
      async close() {
        redis.disconnect()
      },
    }
  },
}
