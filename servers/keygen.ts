/**
 * Prints a key ring as one line of JSON, for `KEYS` of every replica of a fleet: a fresh ring, or with `--rotate` the
 * one in `KEYS` with new key pairs. Servers accept tokens of the new pairs and of the earlier ones.
 *
 * Secrets are not rotated: a server that accepts tokens of an old secret holds it, and could make such tokens.
 */
import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { ConfigError, type KeyRing, orOneLine, type Rotated, readKeys } from './config.ts'

/** Enough to tell the few keys of a ring apart, and short, since every token carries it. */
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

/** Earlier keys keep their public half alone: nobody signs with them any more. */
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

void orOneLine('keygen', async () => {
  const [option, ...others] = process.argv.slice(2)
  if ((option !== undefined && option !== '--rotate') || others.length > 0)
    throw new ConfigError('takes nothing but --rotate, which renews the ring in KEYS')
  const ring = option ? await rotated(readKeys(process.env.KEYS)) : await freshRing()
  console.log(JSON.stringify(ring))
})
