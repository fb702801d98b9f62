/**
 * Checks names and passwords at a login: by a mere comparison, or at the price that a real directory pays.
 *
 * Logins are seeded outside the measurement window, and a slow hash costs the same under every scheme. `scrypt` shows
 * what a replica can still do while people log in.
 */
import { createHash, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { PasswordHash } from '../config.ts'
import type { Directory, User } from './directory.ts'

/** The user, when both name and password are right; takes the same work for an unknown name. */
export type Authenticate = (username: string, password: string) => Promise<User | undefined>

type Check = (given: string, right: string) => Promise<boolean>

export function createAuthenticate(directory: Directory, hash: PasswordHash): Authenticate {
  const isRight = hash === 'scrypt' ? byDerivation() : byComparison
  return async (username, password) => {
    const right = await isRight(password, directory.passwordOf(username))
    return right ? directory.find(username) : undefined
  }
}

const byComparison: Check = async (given, right) => timingSafeEqual(sha256(given), sha256(right))

const derive = promisify<Buffer, string, number, ScryptOptions, Buffer>(scrypt)

/**
 * One of the settings that OWASP's Password Storage Cheat Sheet holds to be of similar strength; 2^17 with p = 1
 * would take 128 MiB in each of the four threads of Node's pool, this takes 128 N r = 32 MiB.
 */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const SALT = 'authscale'
const HASH_BYTES = 32

/**
 * One derivation a login, on the thread pool, compared with a stored hash. The event loop goes on meanwhile, but all
 * else that needs one of the pool's four threads waits in the same queue. jose waits: each of its signatures and
 * verifications is a job of WebCrypto. A session's HMAC does not: it is made on the main thread.
 *
 * A real directory stores a salt and a hash for every user. This one stores nothing, and to derive a user's hash anew
 * would double the price. So there is one salt and one hash, that of a shared secret. A user's row would hold a mask:
 * the secret XOR the SHA-256 of the user's password. A login derives a hash from the mask XOR the SHA-256 of the given
 * password, which is the secret if and only if the two passwords are the same. It is no protection (masks and passwords
 * follow from the name), but the work is that of a real login, and the answer depends on its outcome.
 */
function byDerivation(): Check {
  const secret = sha256('shared secret')
  // Begun at once, so that the first login costs one derivation as well.
  const stored = derive(secret, SALT, HASH_BYTES, SCRYPT)
  // A failure fails each login that awaits it; it must not end the process.
  stored.catch(() => {})
  return async (given, right) => {
    const mask = xor(secret, sha256(right))
    const derived = await derive(xor(mask, sha256(given)), SALT, HASH_BYTES, SCRYPT)
    return timingSafeEqual(derived, await stored)
  }
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, at) => byte ^ (b[at] as number)))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
