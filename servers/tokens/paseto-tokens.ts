/** The claims of a login in a PASETO, whatever seals it. */
import { claimsOf, currentClaims, type Tokens } from './claims.ts'

export interface Seal {
  seal(message: Buffer): string
  /** The message; undefined for a token that was not sealed here. */
  open(token: string): Buffer | undefined
}

export function pasetoTokens({ seal, open }: Seal, ttlSec: number): Tokens {
  return {
    async issue(user, login) {
      const { iat, exp, ...rest } = claimsOf(user, ttlSec, login)
      return seal(Buffer.from(JSON.stringify({ ...rest, iat: timeText(iat), exp: timeText(exp) })))
    },
    async verify(token) {
      const message = open(token)
      const payload = message && parse(message)
      if (!payload) return undefined
      const { iat, exp, nbf } = payload
      return currentClaims({ ...payload, iat: secOf(iat), exp: secOf(exp), nbf: secOf(nbf) }, ttlSec)
    },
  }
}

/** The specification wants times as text (ISO 8601), where a JWT has seconds. */
const timeText = (sec: number) => new Date(sec * 1000).toISOString()

/** Undefined where there is none; NaN for a text that is no time, which no check lets pass. */
function secOf(text: unknown): number | undefined {
  if (text === undefined) return undefined
  return typeof text === 'string' ? Date.parse(text) / 1000 : Number.NaN
}

function parse(message: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(message.toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
