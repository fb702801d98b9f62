/**
 * A bearer JWT that logout can end: the `jti` of a login that ended is kept in Redis for as long as its tokens would be
 * valid, and looked up on every request; all logins of a user end together when the user's epoch changes.
 *
 * Without Redis nobody gets in (503), since letting all through would let in those who logged out. `DENYLIST_DOWN=open`
 * prefers that.
 */
import { randomUUID } from 'node:crypto'
import { nowSec, type Scheme, Unauthorized, Unavailable } from '../contract.ts'
import { bounded, openRedis } from '../stores/redis.ts'
import { bearerAuth } from '../tokens/bearer.ts'
import { believing } from '../tokens/believing.ts'
import { CLOCK_TOLERANCE_SEC, type Claims } from '../tokens/claims.ts'
import { openTokens } from '../tokens/jose.ts'

const CLOSED = 'closed'
/** A new epoch, but never over a closed account. */
const RENEW = `if redis.call('GET', KEYS[1]) ~= '${CLOSED}' then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end`

export const scheme: Scheme = {
  summary: 'bearer JWT, HS256, with ended logins looked up in Redis',
  traits: {
    state: 'token+redis',
    transport: 'bearer',
    revocation: 'immediate',
    userWide: 'immediate',
    payload: 'readable',
    token: 'jws',
    lastDay: true,
  },
  commands: { mget: 1 },

  async open(config) {
    const tokens = await openTokens(config, 'HS256')
    const redis = await openRedis(config, { enableAutoPipelining: true })
    const key = (login: string) => `${config.keyPrefix}deny:${login}`
    const epochOf = (username: string) => `${config.keyPrefix}epoch:${username}`
    /** The epoch of a user, kept for a token's lifetime after all logins were ended; `closed` stays for good. */
    const readEpoch = async (username: string) =>
      (await bounded(redis, redis.get(epochOf(username)))) ?? undefined

    const ask = async ({ jti, sub, epoch }: Claims) => {
      const [ended, current] = await bounded(redis, redis.mget(key(jti), epochOf(sub)))
      return ended !== null || (current !== null && current !== epoch)
    }
    const { isEnded, forget } = believing(config.denylistCacheSec)
    /** The answer, or `otherwise` while Redis gives none. */
    const orWhenDown = async <T>(answer: Promise<T>, otherwise: T) => {
      if (config.denylistDown === 'closed') return answer
      return answer.catch((error: unknown) => {
        if (error instanceof Unavailable) return otherwise
        throw error
      })
    }
    /** How long an earlier token may be accepted: a replica's clock may be behind, and its tolerance comes on top. */
    const untilSec = (exp: number) => exp - nowSec() + 2 * CLOCK_TOLERANCE_SEC

    return {
      ...bearerAuth(tokens, (claims) =>
        orWhenDown(
          isEnded(claims.jti, () => ask(claims)),
          false,
        ),
      ),
      async login(_req, _res, user) {
        const epoch = await orWhenDown(readEpoch(user.username), undefined)
        if (epoch === CLOSED) throw new Unauthorized()
        return { token: await tokens.issue(user, epoch === undefined ? {} : { epoch }) }
      },
      async logout(_req, res) {
        const { jti, exp } = res.locals.claims
        await bounded(redis, redis.set(key(jti), '1', 'EX', untilSec(exp)))
        forget(jti)
      },
      // A new epoch and not a time: replicas' clocks differ, so they would not agree on what is earlier.
      async logoutEverywhere(_req, res) {
        const { sub, jti } = res.locals.claims
        const until = untilSec(nowSec() + config.ttlSec)
        await bounded(redis, redis.eval(RENEW, 1, epochOf(sub), randomUUID(), until))
        forget(jti)
      },
      async disable(_req, res) {
        await bounded(redis, redis.set(epochOf(res.locals.claims.sub), CLOSED))
        forget(res.locals.claims.jti)
      },
      async close() {
        redis.disconnect()
      },
    }
  },
}
