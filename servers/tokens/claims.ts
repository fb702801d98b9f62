/** What each of our tokens says and has to fulfil, in every format. */
import { randomUUID } from 'node:crypto'
import { ConfigError } from '../config.ts'
import { nowSec } from '../contract.ts'
import { isProfile, type User } from '../users/directory.ts'

/** What a verified token says: who (the profile), and which login it belongs to (`jti`, `iat`, `exp`). */
export type Claims = { iss: string; aud: string; sub: string; jti: string; iat: number; exp: number } & {
  /** Only where all logins of a user end together: when their epoch changes. */
  epoch?: string
} & Omit<User, 'username'>

/** What is known of a login before a token is made: all where it goes on, little or nothing where it begins. */
export type Login = Partial<Pick<Claims, 'jti' | 'iat' | 'exp' | 'epoch'>>

declare global {
  namespace Express {
    interface Locals {
      /** Set by the guards of schemes with a token. */
      claims: Claims
    }
  }
}

export interface Tokens {
  /** A token for a new login or, given one that goes on, for the rest of its lifetime. */
  issue(user: User, login?: Login): Promise<string>
  /** The claims of a valid token, undefined for anything else. */
  verify(token: string): Promise<Claims | undefined>
}

/** Two replicas' clocks may stand on either side of a second; without this, a fresh token could be refused. */
export const CLOCK_TOLERANCE_SEC = 1

export const ISSUER = 'authscale'
export const AUDIENCE = 'authscale-api'

export function claimsOf({ username, ...profile }: User, ttlSec: number, login: Login = {}): Claims {
  const { iat = nowSec(), exp = iat + ttlSec, epoch } = login
  // `jti` names the login: all tokens of one login share it, so that denying it ends them all.
  const jti = login.jti ?? randomUUID()
  const own = { iss: ISSUER, aud: AUDIENCE, sub: username, jti, iat, exp }
  return { ...profile, ...own, ...(epoch === undefined ? {} : { epoch }) }
}

/** The profile in a token, with the keys in the order that every scheme answers them. */
export function userOf({ sub, name, email, roles, preferences }: Claims): User {
  return { username: sub, name, email, roles, preferences }
}

/**
 * The claims of a payload whose signature is right, each of the type that is used afterwards; undefined where one is not.
 * A right signature says who wrote the payload and nothing of what is in it.
 */
export function typedClaims(payload: Record<string, unknown>): Claims | undefined {
  const { sub, jti, iat, exp, epoch } = payload
  const isOurs =
    typeof sub === 'string' &&
    typeof jti === 'string' &&
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    (epoch === undefined || typeof epoch === 'string') &&
    isProfile(payload)
  return isOurs ? (payload as Claims) : undefined
}

/** The claims of a payload with a right signature if they are ours and valid now. jose has checks of its own for that. */
export function currentClaims(payload: Record<string, unknown>, ttlSec: number): Claims | undefined {
  const claims = typedClaims(payload)
  if (claims === undefined || claims.iss !== ISSUER || claims.aud !== AUDIENCE) return undefined
  const now = nowSec()
  const { nbf } = payload
  const age = now - claims.iat
  const isCurrent =
    (nbf === undefined || (typeof nbf === 'number' && nbf <= now + CLOCK_TOLERANCE_SEC)) &&
    claims.exp > now - CLOCK_TOLERANCE_SEC &&
    age >= -CLOCK_TOLERANCE_SEC &&
    age <= ttlSec + CLOCK_TOLERANCE_SEC
  return isCurrent ? claims : undefined
}

/**
 * Whether each part is spelled the one way that base64url has for its bytes: the last character of a part has bits that
 * decoders ignore, and libraries take padding and more.
 */
export function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

/** Tries keys before the server listens. Throws a ConfigError for a key that does not verify what it makes. */
export async function tried(name: string, create: () => Promise<Tokens>): Promise<Tokens> {
  try {
    const tokens = await create()
    const probe = { username: 'probe', name: '', email: '', roles: [], preferences: {} }
    if (await tokens.verify(await tokens.issue(probe))) return tokens
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`KEYS.${name} cannot be used: make a new ring with keygen`, { cause: error })
  }
  throw new ConfigError(`KEYS.${name} does not verify what it makes: make a new ring with keygen`)
}
