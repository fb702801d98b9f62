/** Makes tokens with the right keys that are wrong in one point, in each way that tokens are made here. */
import { createPrivateKey } from 'node:crypto'
import { base64url, EncryptJWT, importJWK, SignJWT } from 'jose'
import type { KeyRing } from '../config.ts'
import { type Credential, secretOf } from '../testing/client.ts'
import type { Algorithm } from '../tokens/keys.ts'
import { decryptLocal, encryptLocal, signPublic } from '../tokens/paseto.ts'
import type { Bed } from './check.ts'

const ASSERTION = 'authscale-api'

export interface Forger {
  claims: Record<string, unknown>
  header: Record<string, unknown>
  /** Claims that are undefined are left out. Times in seconds, whatever the token wants. */
  make(claims?: object, header?: object): Promise<string>
}

/** From a valid token of the bed's scheme, so that what is not changed is right. */
export async function forgerOf({ keys, scheme }: Bed, credential: Credential): Promise<Forger> {
  const ring: KeyRing = JSON.parse(keys)
  const { secret } = secretOf(credential)
  if (scheme.traits.token === 'jws') return jwsForger(ring, secret)
  if (scheme.traits.token === 'jwe') return jweForger(ring)
  return secret.startsWith('v4.public.') ? publicForger(ring, secret) : localForger(ring, secret)
}

async function jwsForger(ring: KeyRing, token: string): Promise<Forger> {
  const [header, claims] = token.split('.').slice(0, 2).map(decoded) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ]
  const algorithm = header.alg as Algorithm
  const key = await importJWK(ring[algorithm], algorithm)
  const make = (change = {}, other = {}) =>
    new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ ...header, ...other } as { alg: string })
      .sign(key, { crit: { x: true, b64: true } })
  return { claims, header, make }
}

async function jweForger(ring: KeyRing): Promise<Forger> {
  const key = base64url.decode(ring.A256GCM.k ?? '')
  const claims = freshClaims()
  const header = { alg: 'dir', enc: 'A256GCM', typ: 'JWT' }
  const make = (change = {}, other = {}) =>
    new EncryptJWT({ ...claims, ...change })
      .setProtectedHeader({ ...header, ...other } as typeof header)
      .encrypt(key)
  return { claims, header, make }
}

function publicForger(ring: KeyRing, token: string): Forger {
  const key = createPrivateKey({ key: ring['v4.public'], format: 'jwk' })
  const footer = Buffer.from(token.split('.')[3] ?? '', 'base64url').toString()
  return pasetoForger((message) => signPublic(message, key, { footer, assertion: ASSERTION }))
}

function localForger(ring: KeyRing, token: string): Forger {
  const key = Buffer.from(ring['v4.local'].k ?? '', 'base64url')
  const beside = { assertion: ASSERTION }
  if (!decryptLocal(token, key, beside)) throw new Error('the forger has another key than the server')
  return pasetoForger((message) => encryptLocal(message, key, beside))
}

function pasetoForger(seal: (message: Buffer) => string): Forger {
  const claims = freshClaims()
  const make = async (change = {}) => {
    const all: Record<string, unknown> = { ...claims, ...change }
    for (const name of ['iat', 'exp', 'nbf'])
      if (typeof all[name] === 'number') all[name] = new Date(1000 * (all[name] as number)).toISOString()
    return seal(Buffer.from(JSON.stringify(all)))
  }
  return { claims, header: {}, make }
}

function freshClaims(): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000)
  const profile = { name: '', email: '', roles: [], preferences: {} }
  return { ...profile, iss: 'authscale', aud: ASSERTION, sub: 'user1', jti: 'forged', iat, exp: iat + 600 }
}

function decoded(part: string): unknown {
  return JSON.parse(new TextDecoder().decode(base64url.decode(part)))
}
