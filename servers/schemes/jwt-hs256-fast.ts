/**
 * A bearer JWT signed with HS256, by the cheapest library that passes our checks: fast-jwt verifies in the thread that
 * asks, where jose hands each signature to another one and back. The claims are checked here, not there.
 */
import { createSigner, createVerifier, TokenError } from 'fast-jwt'
import type { ServerConfig } from '../config.ts'
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { claimsOf, currentClaims, isCanonical, type Tokens, tried } from '../tokens/claims.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, HS256, verified by fast-jwt in the same thread instead of jose',
  traits: { ...bearerTraits, payload: 'readable', token: 'jws', lastDay: true },

  async open(config) {
    return bearerAuth(await tried('HS256', async () => createTokens(config)))
  },
}

function createTokens({ keys, ttlSec }: ServerConfig): Tokens {
  const key = Buffer.from(keys.HS256.k ?? '', 'base64url')
  const sign = createSigner({ key, algorithm: 'HS256' })
  const check = createVerifier({
    ...{ key, algorithms: ['HS256'], checkTyp: 'JWT', cache: false },
    // It knows nothing of the tolerance between clocks.
    ...{ ignoreExpiration: true, ignoreNotBefore: true },
  })
  return {
    issue: async (user, login) => sign(claimsOf(user, ttlSec, login)),
    async verify(token) {
      if (!isCanonical(token)) return undefined
      const payload = orRefused(() => check(token))
      return payload && currentClaims(payload, ttlSec)
    },
  }
}

function orRefused(verify: () => Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    return verify()
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}
