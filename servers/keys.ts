/** Turns the JWKs of a ring into what tokens are signed and verified with. */
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { type CryptoKey, importJWK, type JWK } from 'jose'
import type { KeyForm, KeyRing, ServerConfig } from './config.ts'

export type Algorithm = Exclude<keyof KeyRing, 'sessionSecret'>

export interface TokenKeys {
  signer: CryptoKey
  /** A text is SPKI in PEM, which is imported for each token. */
  verifier: CryptoKey | KeyObject | Uint8Array | string
}

const PUBLIC_MEMBERS = ['kty', 'n', 'e', 'crv', 'x', 'y'] as const

export async function importKeys(
  { keys, keyForm }: Pick<ServerConfig, 'keys' | 'keyForm'>,
  algorithm: Algorithm,
): Promise<TokenKeys> {
  const [signer, verifier] = await importPair(keys, algorithm)
  return {
    signer,
    verifier: keyForm === 'crypto-key' ? verifier : otherForm(keyForm, publicHalf(keys, algorithm)),
  }
}

/** CryptoKeys, since jose would import a secret in any other form anew for every token, at twice the CPU. */
async function importPair(ring: KeyRing, algorithm: Algorithm): Promise<[CryptoKey, CryptoKey]> {
  if (algorithm === 'HS256') {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('jwk', ring.HS256, hmac, false, ['sign', 'verify'])
    return [key, key]
  }
  const halves = [ring[algorithm], publicHalf(ring, algorithm)]
  return (await Promise.all(halves.map((jwk) => importJWK(jwk, algorithm)))) as [CryptoKey, CryptoKey]
}

/** A secret has no halves. */
function publicHalf(ring: KeyRing, algorithm: Algorithm): JWK {
  const jwk = ring[algorithm]
  if (algorithm === 'HS256') return jwk
  return Object.fromEntries(PUBLIC_MEMBERS.map((name) => [name, jwk[name]])) as unknown as JWK
}

/** What code holds that keeps no CryptoKey: a KeyObject of node:crypto, the bytes of a secret, the PEM of a public key. */
function otherForm(form: Exclude<KeyForm, 'crypto-key'>, jwk: JWK): KeyObject | Uint8Array | string {
  const key =
    jwk.k === undefined ? createPublicKey({ key: jwk, format: 'jwk' }) : createSecretKey(jwk.k, 'base64url')
  if (form === 'key-object') return key
  return key.type === 'secret' ? key.export() : key.export({ type: 'spki', format: 'pem' })
}
