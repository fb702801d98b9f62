/** A bearer JWT signed with HS256: HMAC-SHA-256, one secret shared by all replicas. */
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { openTokens } from '../tokens/jose.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, HS256',
  traits: { ...bearerTraits, payload: 'readable', token: 'jws', lastDay: true },

  async open(config) {
    return bearerAuth(await openTokens(config, 'HS256'))
  },
}
