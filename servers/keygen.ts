/** Prints a fresh KeyRing as one line of JSON, to be put into `KEYS` of every replica of a fleet. */
import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { KeyRing } from './config.ts'

async function privateJwk(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true })
  return exportJWK(privateKey)
}

const ring: KeyRing = {
  sessionSecret: randomBytes(32).toString('base64url'),
  HS256: { kty: 'oct', k: randomBytes(32).toString('base64url') },
  RS256: await privateJwk('RS256'),
  ES256: await privateJwk('ES256'),
  EdDSA: await privateJwk('EdDSA'),
}

console.log(JSON.stringify(ring))
