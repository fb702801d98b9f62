/** A bearer JWT signed with RS256: RSA 2048 signatures, long tokens, cheap to verify. */
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { openTokens } from '../tokens/jose.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, RS256',
  traits: { ...bearerTraits, payload: 'readable', token: 'jws', lastDay: true },

  async open(config) {
    return bearerAuth(await openTokens(config, 'RS256'))
  },
}
