/**
 * A bearer JWT that logout can end: the `jti` of a login that ended is kept in Redis for as long as its tokens would be
 * valid, and looked up on every request; all logins of a user end together when the user's epoch changes.
 *
 * Without Redis nobody gets in (503), since letting all through would let in those who logged out. `DENYLIST_DOWN=open`
 * prefers that.
 */
import type { ServerConfig } from '../config.ts'
import { type Command, nowSec, type Scheme, Unavailable } from '../contract.ts'
import { epochCommands, epochKey, epochsOf, isOver } from '../stores/epochs.ts'
import { bounded, openRedis } from '../stores/redis.ts'
import { bearerAuth } from '../tokens/bearer.ts'
import { believing } from '../tokens/believing.ts'
import { CLOCK_TOLERANCE_SEC, type Claims } from '../tokens/claims.ts'
import { openTokens } from '../tokens/jose.ts'

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
  commands: { exists: 1, get: 1 },
  sends,

  async open(config) {
    const tokens = await openTokens(config, 'HS256')
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: sends(config) })
    const epochs = epochsOf(redis, config, config.ttlSec)
    // Not one MGET: that takes a key of another type for none, and what cannot be read must not let anybody in.
    const ask = async ({ jti, sub, epoch }: Claims) => {
      const asked = [redis.exists(denyKey(config, jti)), redis.get(epochKey(config, sub))] as const
      const [ended, current] = await bounded(redis, Promise.all(asked))
      return ended > 0 || isOver(epoch, current)
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
        const epoch = await orWhenDown(epochs.begin(user.username), undefined)
        return { token: await tokens.issue(user, epoch === undefined ? {} : { epoch }) }
      },
      async logout(_req, res) {
        const { jti, exp } = res.locals.claims
        await bounded(redis, redis.set(denyKey(config, jti), '1', 'EX', untilSec(exp)))
        forget(jti)
      },
      async logoutEverywhere(_req, res) {
        const { sub, jti } = res.locals.claims
        await epochs.endAll(sub)
        forget(jti)
      },
      async disable(_req, res) {
        const { sub, jti } = res.locals.claims
        await epochs.close(sub)
        forget(jti)
      },
      async close() {
        redis.disconnect()
      },
    }
  },
}

function denyKey({ keyPrefix }: ServerConfig, login: string): string {
  return `${keyPrefix}deny:${login}`
}

function sends(config: ServerConfig): Command[] {
  const key = denyKey(config, '?')
  return [...epochCommands(config), ['exists', key], ['set', key, '', 'PX', 1]]
}
