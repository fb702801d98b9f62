/** Turns the JWKs of a ring into what tokens are signed and verified with. */
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { type CryptoKey, importJWK, type JWK } from 'jose'
import { ConfigError, type KeyForm, type KeyRing, type Rotated, type ServerConfig } from '../config.ts'

export type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA'

/** A text is SPKI in PEM, which is imported for each token. */
export type Verifier = CryptoKey | KeyObject | Uint8Array | string

export interface TokenKeys {
  signer: CryptoKey
  /** Where one secret both signs and verifies; it has no name. */
  secret?: Exclude<Verifier, string>
  /** Name of the signer where it is one half of a pair. */
  kid?: string | undefined
  /** By `kid`: the signer's own public half, and those of the keys that it has replaced. */
  verifiers: ReadonlyMap<string, Verifier>
}

type Settings = Pick<ServerConfig, 'keys' | 'keyForm'>

const PUBLIC_MEMBERS = ['kty', 'n', 'e', 'crv', 'x', 'y'] as const

export async function importKeys({ keys, keyForm }: Settings, algorithm: Algorithm): Promise<TokenKeys> {
  if (algorithm === 'HS256') {
    const signer = await importSecret(keys)
    const secret = keyForm === 'crypto-key' ? signer : otherForm(keyForm, keys.HS256)
    return { signer, secret: secret as Exclude<Verifier, string>, verifiers: new Map() }
  }
  const published = await Promise.all(
    publicKeys(keys, algorithm).map(
      async ({ kid, jwk }): Promise<[string, Verifier]> => [
        kid,
        keyForm === 'crypto-key' ? await imported(jwk, algorithm) : otherForm(keyForm, jwk),
      ],
    ),
  )
  return {
    signer: await imported(keys[algorithm], algorithm),
    kid: keys[algorithm].kid,
    verifiers: new Map(published),
  }
}

/**
 * The public halves of the key in use and of those that it has replaced, by name. Throws a ConfigError for a key without
 * a name, or two of one name.
 */
export function publicKeys(keys: KeyRing, name: Rotated): { kid: string; jwk: JWK }[] {
  const seen = new Set<string>()
  return [keys[name], ...(keys.previous?.[name] ?? [])].map((jwk) => {
    const { kid } = jwk
    if (!kid || seen.has(kid))
      throw new ConfigError(
        `KEYS.${name} has a kid that is ${kid ? 'there twice' : 'missing'}: make a new ring with keygen`,
      )
    seen.add(kid)
    return { kid, jwk: publicHalf(jwk) }
  })
}

/** A CryptoKey, since jose would import a key in any other form anew for every token, at twice the CPU. */
async function imported(jwk: JWK, algorithm: Algorithm): Promise<CryptoKey> {
  return (await importJWK(jwk, algorithm)) as CryptoKey
}

function importSecret({ HS256 }: KeyRing): Promise<CryptoKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('jwk', HS256, hmac, false, ['sign', 'verify'])
}

function publicHalf(jwk: JWK): JWK {
  return Object.fromEntries(PUBLIC_MEMBERS.map((name) => [name, jwk[name]])) as unknown as JWK
}

/**
 * What a program without CryptoKeys holds: a KeyObject of node:crypto, the bytes of a secret, the PEM of a public key.
 */
function otherForm(form: Exclude<KeyForm, 'crypto-key'>, jwk: JWK): KeyObject | Uint8Array | string {
  const key =
    jwk.k === undefined ? createPublicKey({ key: jwk, format: 'jwk' }) : createSecretKey(jwk.k, 'base64url')
  if (form === 'key-object') return key
  return key.type === 'secret' ? key.export() : key.export({ type: 'spki', format: 'pem' })
}
