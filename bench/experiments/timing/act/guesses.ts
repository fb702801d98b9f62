/** Ids of sessions, and guesses at one that share so many of its first characters and no more. */
import { randomBytes, randomInt } from 'node:crypto'

/** As express-session makes them: 24 random bytes. */
const ID_BYTES = 24
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function randomId(): string {
  return randomBytes(ID_BYTES).toString('base64url')
}

/** The same for every class, one that shares nothing included: what is made in another way may be slow in another way. */
export function guessAt(existing: string, shared: number): string {
  const place = ALPHABET.indexOf(existing.charAt(shared))
  const other = ALPHABET.charAt((place + 1 + randomInt(ALPHABET.length - 1)) % ALPHABET.length)
  return flat(existing.slice(0, shared) + other + randomId().slice(shared + 1))
}

/** V8 keeps what was put together in parts, and joins them where they are first used: in the time that is taken. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
