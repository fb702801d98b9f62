/**
 * A credential of two parts, `id.secret`: a store looks it up by the id, which is public, and keeps the secret's hash.
 *
 * An id ends with its user's tag. So a server can ask in one round trip what is kept under the id and whether all logins
 * of that user have ended, before it knows who the user is. Nobody gains by another tag: it makes another id, which does
 * not exist.
 */
import { createHash, randomBytes } from 'node:crypto'

const RANDOM_BYTES = 16
const SECRET_BYTES = 32
/** 72 bits: two of a billion users share a tag with a probability of 1 in 10,000, and would only log each other out. */
const TAG_CHARS = 12
const CREDENTIAL = /^([\w-]{34})\.([\w-]{43})$/

export interface SplitSecret {
  id: string
  secret: string
}

export function newSplitSecret(username: string): SplitSecret {
  return { id: newId(username), secret: newSecret() }
}

export function newId(username: string): string {
  return randomBytes(RANDOM_BYTES).toString('base64url') + userTag(username)
}

export function userTag(username: string): string {
  return hashOf(username).slice(0, TAG_CHARS)
}

export function tagOf(id: string): string {
  return id.slice(-TAG_CHARS)
}

function newSecret(): string {
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
