/** Issues and verifies JSON Web Tokens with jose: one algorithm, one key pair, everything else refused. */
import { randomUUID } from 'node:crypto'
import { errors, importSPKI, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { ConfigError, type ServerConfig } from './config.ts'
import { type Algorithm, importKeys, type TokenKeys } from './keys.ts'
import type { User } from './users.ts'

/** What a verified token says: who (the profile), and which login it belongs to (`jti`, `iat`, `exp`). */
export type Claims = JWTPayload & { sub: string; jti: string; iat: number; exp: number } & Omit<
    User,
    'username'
  >

declare global {
  namespace Express {
    interface Locals {
      user: User
      /** Set by the guards of schemes with a token. */
      claims: Claims
    }
  }
}

export interface Tokens {
  /** A token for a new login or, given the claims of one that goes on, for the rest of its lifetime. */
  issue(user: User, login?: Claims): Promise<string>
  /** The claims of a valid token, undefined for anything else. */
  verify(token: string): Promise<Claims | undefined>
}

/** Two replicas' clocks may stand on either side of a second; without this, a fresh token could be refused. */
export const CLOCK_TOLERANCE_SEC = 1

const ISSUER = 'authscale'
const AUDIENCE = 'authscale-api'

/** Imports the keys once and tries them. Throws a ConfigError for keys that cannot sign and verify. */
export async function openTokens(config: ServerConfig, algorithm: Algorithm): Promise<Tokens> {
  try {
    const tokens = createTokens(config, algorithm, await importKeys(config, algorithm))
    const probe = { username: 'probe', name: '', email: '', roles: [], preferences: {} }
    if (await tokens.verify(await tokens.issue(probe))) return tokens
  } catch (error) {
    throw new ConfigError(`KEYS.${algorithm} cannot be used: make a new ring with keygen`, { cause: error })
  }
  throw new ConfigError(`KEYS.${algorithm} does not verify what it signs: make a new ring with keygen`)
}

/** The profile in a token, with the keys in the order that every scheme answers them. */
export function userOf({ sub, name, email, roles, preferences }: Claims): User {
  return { username: sub, name, email, roles, preferences }
}

function createTokens(config: ServerConfig, algorithm: Algorithm, keys: TokenKeys): Tokens {
  const checks = {
    algorithms: [algorithm],
    typ: 'JWT',
    issuer: ISSUER,
    audience: AUDIENCE,
    // jose takes a token without `exp` unless told otherwise.
    requiredClaims: ['sub', 'jti', 'exp'],
    maxTokenAge: config.ttlSec,
    clockTolerance: CLOCK_TOLERANCE_SEC,
  }
  return {
    issue({ username, ...profile }, login) {
      const iat = login?.iat ?? Math.floor(Date.now() / 1000)
      return (
        new SignJWT(profile)
          .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
          .setIssuer(ISSUER)
          .setAudience(AUDIENCE)
          .setSubject(username)
          // `jti` names the login: all tokens of one login share it, so that denying it ends them all.
          .setJti(login?.jti ?? randomUUID())
          .setIssuedAt(iat)
          .setExpirationTime(login?.exp ?? iat + config.ttlSec)
          .sign(keys.signer)
      )
    },
    async verify(token) {
      if (!isCanonical(token)) return undefined
      try {
        const { verifier } = keys
        const key = typeof verifier === 'string' ? await importSPKI(verifier, algorithm) : verifier
        const { payload } = await jwtVerify(token, key, checks)
        return payload as Claims
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}

/** The last character of a signature has unused bits; only the one spelling with all of them 0 is ours. */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}
