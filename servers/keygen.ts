/**
 * Prints a key ring as one line of JSON, to be put into `KEYS` of every replica of a fleet: a fresh one, or with
 * `--rotate` the one in `KEYS` with new keys, whose tokens and those of the keys before are taken.
 *
 * Secrets are not rotated: who holds the new one cannot take tokens of the old one without being able to make them.
 */
import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { ConfigError, type KeyRing, type Rotated, readKeys } from './config.ts'

/** Enough to tell the few keys of a ring apart: it is in every token. */
const KID_CHARS = 8

async function privateJwk(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, KID_CHARS) }
}

async function freshPairs(): Promise<Record<Rotated, JWK>> {
  return {
    RS256: await privateJwk('RS256'),
    ES256: await privateJwk('ES256'),
    EdDSA: await privateJwk('EdDSA'),
    'v4.public': await privateJwk('EdDSA'),
  }
}

const secret = () => randomBytes(32).toString('base64url')

async function freshRing(): Promise<KeyRing> {
  return {
    sessionSecret: secret(),
    HS256: { kty: 'oct', k: secret() },
    A256GCM: { kty: 'oct', k: secret() },
    'v4.local': { kty: 'oct', k: secret() },
    ...(await freshPairs()),
  }
}

/** Of the keys before only the public half is kept: nobody has to sign with them any more. */
async function rotated(ring: KeyRing): Promise<KeyRing> {
  const pairs = await freshPairs()
  const names = Object.keys(pairs) as Rotated[]
  const previous = Object.fromEntries(
    names.map((name) => [name, [withoutPrivate(ring[name]), ...(ring.previous?.[name] ?? [])]]),
  )
  return { ...ring, ...pairs, previous }
}

function withoutPrivate({ d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...half }: JWK): JWK {
  return half
}

try {
  const ring = process.argv.includes('--rotate')
    ? await rotated(readKeys(process.env.KEYS))
    : await freshRing()
  console.log(JSON.stringify(ring))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(`keygen: ${error.message}`)
  process.exit(1)
}
