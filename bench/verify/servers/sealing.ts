/** Makes the tokens that were chosen to be forged, with the keys of the servers and none of their code. */
import { createHmac, createPublicKey, randomBytes } from 'node:crypto'
import { EncryptJWT, importJWK, type JWK, SignJWT } from 'jose'
import type { Algorithm, Forgery } from './forged.ts'
import { localPaseto, publicPaseto } from './paseto.ts'

/** What `keygen` prints. */
export type Ring = Record<string, JWK> & { sessionSecret: string }

const ISSUER = 'authscale'
const AUDIENCE = 'authscale-api'
const LIFETIME_SEC = 600

/** As a server writes them for a login of this user that begins now. */
function claimsOf(name: string): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1_000)
  const profile = { name: '', email: '', roles: [], preferences: {} }
  return { ...profile, iss: ISSUER, aud: AUDIENCE, sub: name, jti: 'forged', iat, exp: iat + LIFETIME_SEC }
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The algorithm that the header of a JWT names; undefined for anything else. */
export function algorithmOf(secret: string): string | undefined {
  try {
    return JSON.parse(Buffer.from(secret.split('.')[0] ?? '', 'base64url').toString()).alg
  } catch {
    return undefined
  }
}

/** @param secret a credential of the scheme, which shows in which way its own are made */
export async function sealed(forgery: Forgery, ring: Ring, secret: string, name: string): Promise<string> {
  const claims = { ...claimsOf(name), ...forgery.claims }
  const { header = {}, as } = forgery
  if (as === 'session id') return sessionId(ring, secret)
  if (as === 'random')
    return secret.replace(/[\w-]{16,}/g, (part) =>
      randomBytes(part.length).toString('base64url').slice(0, part.length),
    )
  if (as === 'unsigned')
    return `${encoded({ ...headerOf(algorithmOf(secret)), ...header })}.${encoded(claims)}.`
  if (as?.startsWith('public ')) return signedWithPublic(ring[as.slice('public '.length)] as JWK, claims)
  if (as === undefined && secret.startsWith('v4.public.'))
    return publicPaseto(claims, ring['v4.public'] as JWK, AUDIENCE)
  if (as === undefined && secret.startsWith('v4.local.'))
    return localPaseto(claims, ring['v4.local'] as JWK, AUDIENCE)
  const algorithm = as ?? algorithmOf(secret)
  if (algorithm === 'A256GCM' || algorithm === 'dir') {
    const key = Buffer.from(ring.A256GCM?.k ?? '', 'base64url')
    const protectedHeader = { ...headerOf('dir'), ...header } as { alg: string; enc: string }
    return new EncryptJWT(claims).setProtectedHeader(protectedHeader).encrypt(key, KNOWN_CRITICAL)
  }
  const jwk = ring[algorithm as Algorithm] as JWK
  return new SignJWT(claims)
    .setProtectedHeader({ ...headerOf(algorithm, jwk.kid), ...header } as { alg: string })
    .sign(await importJWK(jwk, algorithm), KNOWN_CRITICAL)
}

/** jose makes a token with a critical header only for who says that he knows it. */
const KNOWN_CRITICAL = { crit: { x: true, exp: true } }

function headerOf(alg: string | undefined, kid?: string): object {
  return {
    alg,
    ...(alg === 'dir' ? { enc: 'A256GCM' } : {}),
    typ: 'JWT',
    ...(kid === undefined ? {} : { kid }),
  }
}

/** What a server that takes any algorithm would check with the text of its public key. */
function signedWithPublic(jwk: JWK, claims: object): string {
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const input = `${encoded(headerOf('HS256', jwk.kid))}.${encoded(claims)}`
  return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`
}

/** An id that no store has, signed as express-session signs (cookie-signature), or of the form of the scheme's own. */
function sessionId({ sessionSecret }: Ring, secret: string): string {
  const id = randomBytes(24).toString('base64url')
  if (!secret.startsWith('s%3A')) return `${id}AA.${randomBytes(32).toString('base64url')}`
  const signature = createHmac('sha256', sessionSecret).update(id).digest('base64').replace(/=+$/, '')
  return encodeURIComponent(`s:${id}.${signature}`)
}
