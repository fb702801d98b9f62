/** A bearer PASETO that is signed (Ed25519); its footer names the key, since several may be in use. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { ServerConfig } from '../config.ts'
import type { Scheme } from '../contract.ts'
import { bearerAuth, bearerTraits } from '../tokens/bearer.ts'
import { AUDIENCE, type Tokens, tried } from '../tokens/claims.ts'
import { publicKeys } from '../tokens/keys.ts'
import { signPublic, verifyPublic } from '../tokens/paseto.ts'
import { pasetoTokens } from '../tokens/paseto-tokens.ts'

export const scheme: Scheme = {
  summary: 'bearer PASETO v4.public, Ed25519',
  traits: { ...bearerTraits, payload: 'readable', token: 'paseto', lastDay: true },

  async open(config) {
    return bearerAuth(await tried('v4.public', async () => createTokens(config)))
  },
}

function createTokens({ keys, ttlSec }: ServerConfig): Tokens {
  const jwk = keys['v4.public']
  const signer = createPrivateKey({ key: jwk, format: 'jwk' })
  const footer = footerOf(jwk.kid ?? '')
  const verifiers = new Map<string, KeyObject>(
    publicKeys(keys, 'v4.public').map(({ kid, jwk: half }) => [
      Buffer.from(footerOf(kid)).toString('base64url'),
      createPublicKey({ key: half, format: 'jwk' }),
    ]),
  )
  const seal = (message: Buffer) => signPublic(message, signer, { footer, assertion: AUDIENCE })
  const open = (token: string) => {
    const end = token.slice(token.lastIndexOf('.') + 1)
    const verifier = verifiers.get(end)
    const named = Buffer.from(end, 'base64url').toString()
    return verifier && verifyPublic(token, verifier, { footer: named, assertion: AUDIENCE })
  }
  return pasetoTokens({ seal, open }, ttlSec)
}

const footerOf = (kid: string) => JSON.stringify({ kid })
