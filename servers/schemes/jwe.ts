/**
 * A bearer JWT that is encrypted (`dir`, A256GCM): its holder cannot read it, and a token that is not ours does not
 * decrypt. One secret does both, so a server that can check a token can make one.
 */
import { EncryptJWT, jwtDecrypt } from 'jose'
import type { ServerConfig } from '../config.ts'
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { claimsOf, isCanonical, type Tokens, tried } from '../tokens/claims.ts'
import { joseChecks, orRefused } from '../tokens/jose.ts'

const HEADER = { alg: 'dir', enc: 'A256GCM', typ: 'JWT' }

export const scheme: Scheme = {
  summary: 'bearer JWT, encrypted with A256GCM',
  traits: { ...bearerTraits, payload: 'encrypted', token: 'jwe', lastDay: true },

  async open(config) {
    return bearerAuth(await tried('A256GCM', () => createTokens(config)))
  },
}

async function createTokens(config: ServerConfig): Promise<Tokens> {
  const use = ['encrypt', 'decrypt'] as const
  const key = await crypto.subtle.importKey('jwk', config.keys.A256GCM, { name: 'AES-GCM' }, false, use)
  const checks = {
    ...joseChecks(config),
    keyManagementAlgorithms: [HEADER.alg],
    contentEncryptionAlgorithms: [HEADER.enc],
  }
  return {
    issue: (user, login) =>
      new EncryptJWT(claimsOf(user, config.ttlSec, login)).setProtectedHeader(HEADER).encrypt(key),
    async verify(token) {
      if (!isCanonical(token)) return undefined
      return orRefused(jwtDecrypt(token, key, checks))
    },
  }
}
