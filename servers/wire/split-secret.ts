/**
 * A credential of two parts, `id.secret`: a store looks it up by the id, which is public, and keeps the secret's hash.
 */
import { createHash, randomBytes } from 'node:crypto'

const ID_BYTES = 16
const SECRET_BYTES = 32
const CREDENTIAL = /^([\w-]{22})\.([\w-]{43})$/

export interface SplitSecret {
  id: string
  secret: string
}

export function newSplitSecret(): SplitSecret {
  return { id: randomBytes(ID_BYTES).toString('base64url'), secret: newSecret() }
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** Undefined for anything that is not of this form. */
export function splitSecret(credential: string): SplitSecret | undefined {
  const [, id, secret] = CREDENTIAL.exec(credential) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/**
 * SHA-256, base64url. A plain hash suffices, without salt or stretching: the secret has 256 random bits, so there is no
 * dictionary of it.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
