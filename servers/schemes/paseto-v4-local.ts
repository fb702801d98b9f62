/** A bearer PASETO that is encrypted (XChaCha20, keyed BLAKE2b): its holder cannot read it. One secret makes and opens. */
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { AUDIENCE, tried } from '../tokens/claims.ts'
import { decryptLocal, encryptLocal } from '../tokens/paseto.ts'
import { pasetoTokens } from '../tokens/paseto-tokens.ts'

export const scheme: Scheme = {
  summary: 'bearer PASETO v4.local, encrypted',
  traits: { ...bearerTraits, payload: 'encrypted', token: 'paseto', lastDay: true },

  async open(config) {
    const key = Buffer.from(config.keys['v4.local'].k ?? '', 'base64url')
    const beside = { assertion: AUDIENCE }
    const seal = {
      seal: (message: Buffer) => encryptLocal(message, key, beside),
      open: (token: string) => decryptLocal(token, key, beside),
    }
    return bearerAuth(await tried('v4.local', async () => pasetoTokens(seal, config.ttlSec)))
  },
}
