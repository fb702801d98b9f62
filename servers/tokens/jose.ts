/** Issues and verifies signed JSON Web Tokens with jose: one algorithm, the keys of one ring, everything else refused. */
import { errors, importSPKI, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { ServerConfig } from '../config.ts'
import {
  AUDIENCE,
  CLOCK_TOLERANCE_SEC,
  type Claims,
  claimsOf,
  ISSUER,
  isCanonical,
  type Tokens,
  tried,
  typedClaims,
} from './claims.ts'
import { type Algorithm, importKeys, type TokenKeys, type Verifier } from './keys.ts'

/** Imports the keys once and tries them. Throws a ConfigError for keys that cannot sign and verify. */
export function openTokens(config: ServerConfig, algorithm: Algorithm): Promise<Tokens> {
  return tried(algorithm, async () => createTokens(config, algorithm, await importKeys(config, algorithm)))
}

/** What jose has to check of a token, signed or encrypted. */
export function joseChecks({ ttlSec }: Pick<ServerConfig, 'ttlSec'>) {
  return {
    typ: 'JWT',
    issuer: ISSUER,
    audience: AUDIENCE,
    // jose takes a token without `exp` unless told otherwise.
    requiredClaims: ['sub', 'jti', 'exp'],
    maxTokenAge: ttlSec,
    clockTolerance: CLOCK_TOLERANCE_SEC,
  }
}

/** The claims; undefined for a token that jose refuses, and for claims of other types than ours. */
export async function orRefused(verified: Promise<{ payload: JWTPayload }>): Promise<Claims | undefined> {
  try {
    return typedClaims((await verified).payload)
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function createTokens(config: ServerConfig, algorithm: Algorithm, keys: TokenKeys): Tokens {
  const checks = { ...joseChecks(config), algorithms: [algorithm] }
  const { signer, kid, secret, verifiers } = keys
  const header = { alg: algorithm, typ: 'JWT', ...(kid === undefined ? {} : { kid }) }
  const keyFor = ({ kid: named }: JWTHeaderParameters) => {
    const verifier = verifiers.get(named ?? '')
    if (verifier === undefined) throw new errors.JWKSNoMatchingKey()
    return usable(verifier, algorithm)
  }
  return {
    issue: (user, login) =>
      new SignJWT(claimsOf(user, config.ttlSec, login)).setProtectedHeader(header).sign(signer),
    async verify(token) {
      if (!isCanonical(token)) return undefined
      return orRefused(secret ? jwtVerify(token, secret, checks) : jwtVerify(token, keyFor, checks))
    },
  }
}

async function usable(verifier: Verifier, algorithm: Algorithm) {
  return typeof verifier === 'string' ? await importSPKI(verifier, algorithm) : verifier
}
