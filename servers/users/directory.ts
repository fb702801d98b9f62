/** A directory of any size that stores nothing: user i, its password and its profile follow from i. */
import { createHash } from 'node:crypto'
import type { ServerConfig } from '../config.ts'

/** What a login remembers about a user; also the body of `GET /me`, in this order of keys. */
export type User = {
  username: string
  name: string
  email: string
  roles: string[]
  preferences: Record<string, string>
}

/** Whether this is a user as it was put away: a store may hold anything under a key. */
export function isUser(value: unknown): value is User {
  if (typeof value !== 'object' || value === null) return false
  const user = value as Record<string, unknown>
  return isText(user.username) && isProfile(user)
}

/** Whether all of a user but the name is there, each of its type. */
export function isProfile({ name, email, roles, preferences }: Record<string, unknown>): boolean {
  return isText(name) && isText(email) && Array.isArray(roles) && roles.every(isText) && isTexts(preferences)
}

const isText = (value: unknown) => typeof value === 'string'

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText)
  )
}

export interface Directory {
  find(username: string): User | undefined
  /** The password of a user; for an unknown name some text, to compare with all the same. */
  passwordOf(username: string): string
}

/** Largest JSON of preferences that a client may send: the biggest token (a cookie of 4,096 bytes) still fits. */
const PREFERENCES_LIMIT_BYTES = 2048

/** A directory of `user0` to `user{users-1}`, whose passwords are `password-0` and so on. */
export function createDirectory({
  users,
  stateBytes,
}: Pick<ServerConfig, 'users' | 'stateBytes'>): Directory {
  const preferences = createPreferences(stateBytes)
  const indexOf = (username: string) => {
    const digits = /^user(0|[1-9]\d{0,8})$/.exec(username)?.[1]
    return digits !== undefined && Number(digits) < users ? Number(digits) : undefined
  }
  return {
    find(username) {
      const index = indexOf(username)
      return index === undefined ? undefined : profile(index, preferences(index))
    },
    passwordOf: (username) => `password-${indexOf(username) ?? '?'}`,
  }
}

/** The preferences in a request body, or undefined when it is not a small object of string values. */
export function parsePreferences(body: unknown): Record<string, string> | undefined {
  if (!isTexts(body) || Buffer.byteLength(JSON.stringify(body)) > PREFERENCES_LIMIT_BYTES) return undefined
  return body
}

function profile(index: number, preferences: User['preferences']): User {
  const username = `user${index}`
  return { username, name: `User ${index}`, email: `${username}@example.com`, roles: ['member'], preferences }
}

/** Texts begin at this many places: users that far apart have the same one. */
const PLACES = 65_536
const TEXT_LIMIT_CHARS = 65_536
/** Coprime to PLACES: neighbours' texts share no run of characters at the same place. */
const STRIDE = 40_503

/**
 * Preferences whose JSON has exactly so many bytes: `{}` for 0, otherwise `{"notes":"…"}`. The smallest such object has
 * 12 bytes, so 1 to 11 give 12. The text is base64url of random bits, so that it compresses to no less than three
 * quarters.
 */
function createPreferences(stateBytes: number): (index: number) => User['preferences'] {
  if (stateBytes === 0) return () => ({})
  const length = Math.max(0, stateBytes - JSON.stringify({ notes: '' }).length)
  // The control looks its user up on every request: slices of one long text cost next to nothing.
  const all = randomText(PLACES + TEXT_LIMIT_CHARS)
  return (index) => {
    const start = (index * STRIDE) % PLACES
    return { notes: all.slice(start, start + length) }
  }
}

/** The same characters in every process: replicas share one directory. */
function randomText(chars: number): string {
  const outputLength = Math.ceil((chars * 3) / 4)
  return createHash('shake256', { outputLength }).update('authscale').digest('base64url').slice(0, chars)
}
