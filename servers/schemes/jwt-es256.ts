/** A bearer JWT signed with ES256: ECDSA P-256 signatures. */
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { openTokens } from '../tokens/jose.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, ES256',
  traits: { ...bearerTraits, payload: 'readable', token: 'jws', lastDay: true },

  async open(config) {
    return bearerAuth(await openTokens(config, 'ES256'))
  },
}
