/**
 * A bearer JWT that logout can end: the `jti` of a login that ended is kept in Redis for as long as its
 * tokens would be valid, and looked up on every request. Without Redis nobody gets in (503), since letting
 * all through would let in those who logged out.
 */
import { bearerAuth } from '../bearer.ts'
import { believing } from '../believing.ts'
import { bounded, openRedis } from '../redis.ts'
import type { Scheme } from '../scheme.ts'
import { CLOCK_TOLERANCE_SEC, openTokens } from '../tokens.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, HS256, with ended logins looked up in Redis',
  traits: { state: 'token+redis', transport: 'bearer', revocation: 'immediate', payload: 'readable' },

  async open(config) {
    const tokens = await openTokens(config, 'HS256')
    const redis = await openRedis(config, { enableAutoPipelining: true })
    const key = (login: string) => `${config.keyPrefix}deny:${login}`
    const ask = async (login: string) => (await bounded(redis, redis.exists(key(login)))) > 0
    const { isEnded, forget } = believing(ask, config.denylistCacheSec)
    return {
      ...bearerAuth(tokens, ({ jti }) => isEnded(jti)),
      async logout(_req, res) {
        const claims = res.locals.claims
        // Past `exp` by the tolerance twice: a replica accepts that long, and its clock may be as much behind.
        const remainingSec = claims.exp - Math.floor(Date.now() / 1000) + 2 * CLOCK_TOLERANCE_SEC
        await bounded(redis, redis.set(key(claims.jti), '1', 'EX', remainingSec))
        forget(claims.jti)
      },
      async close() {
        redis.disconnect()
      },
    }
  },
}
