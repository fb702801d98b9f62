/** A bearer JWT signed with EdDSA: Ed25519 signatures. */
import { bearerAuth } from '../bearer.ts'
import type { Scheme } from '../scheme.ts'
import { openTokens } from '../tokens.ts'

export const scheme: Scheme = {
  summary: 'bearer JWT, EdDSA',
  traits: {
    state: 'token',
    transport: 'bearer',
    revocation: 'at-expiry',
    userWide: 'cannot',
    payload: 'readable',
    token: 'jws',
    lastDay: true,
  },

  async open(config) {
    return bearerAuth(await openTokens(config, 'EdDSA'))
  },
}
