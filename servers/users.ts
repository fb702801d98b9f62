/** A directory of any size that stores nothing: user i, its password and its profile follow from i. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** What a login remembers about somebody; also the body of `GET /me`, in this order of keys. */
export type User = {
  username: string
  name: string
  email: string
  roles: string[]
  preferences: Record<string, string>
}

export interface Directory {
  /** The user, when both name and password are right; takes the same work for an unknown name. */
  authenticate(username: string, password: string): User | undefined
  find(username: string): User | undefined
}

/** Largest JSON of a user's preferences: the biggest token (a cookie of at most 4,096 bytes) still fits. */
const PREFERENCES_LIMIT_BYTES = 2048

/** A directory of `user0` to `user{size-1}`, whose passwords are `password-0` and so on. */
export function createDirectory(size: number): Directory {
  const indexOf = (username: string) => {
    const digits = /^user(0|[1-9]\d{0,8})$/.exec(username)?.[1]
    return digits !== undefined && Number(digits) < size ? Number(digits) : undefined
  }
  return {
    authenticate(username, password) {
      const index = indexOf(username)
      // A real directory would hash slowly here. Logins are seeded outside the measurement window, and
      // a slow hash would cost the same under every scheme.
      const right = sameText(password, `password-${index ?? '?'}`)
      return right && index !== undefined ? profile(index) : undefined
    },
    find(username) {
      const index = indexOf(username)
      return index === undefined ? undefined : profile(index)
    },
  }
}

/** The preferences in a request body, or undefined when it is not a small object of string values. */
export function parsePreferences(body: unknown): Record<string, string> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  if (!Object.values(body).every((value) => typeof value === 'string')) return undefined
  if (Buffer.byteLength(JSON.stringify(body)) > PREFERENCES_LIMIT_BYTES) return undefined
  return body as Record<string, string>
}

function profile(index: number): User {
  const username = `user${index}`
  return {
    username,
    name: `User ${index}`,
    email: `${username}@example.com`,
    roles: ['member'],
    preferences: {},
  }
}

function sameText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
