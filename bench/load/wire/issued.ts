/** What a reply hands out: the credential that its user sends from then on. */
import type { Traits } from '../../../servers/scheme.ts'

export interface Reply {
  body: string
  /** Values of `Set-Cookie`. */
  setCookies: readonly string[]
}

/**
 * The header value after a login, or after any reply that may renew it: the session cookie and what a proxy adds to
 * stay sticky as one value, a bearer token, or the name that the control believes.
 *
 * @param before what was sent until now; cookies that the reply does not name stay
 * @returns null where the reply hands out nothing
 */
export function credentialIn(
  reply: Reply,
  transport: Traits['transport'],
  user: number,
  before = '',
): string | null {
  if (transport === 'none') return `user${user}`
  if (transport === 'cookie') return cookiesIn(reply.setCookies, before)
  const token = textIn(reply.body, 'token')
  return token ? `Bearer ${token}` : null
}

/** A later cookie replaces its namesake. */
function cookiesIn(setCookies: readonly string[], before: string): string | null {
  if (setCookies.length === 0) return null
  const byName = new Map<string, string>()
  for (const text of [...(before === '' ? [] : before.split('; ')), ...setCookies]) {
    const pair = text.split(';', 1)[0]?.trim() ?? ''
    byName.set(pair.slice(0, pair.indexOf('=')), pair)
  }
  return [...byName.values()].join('; ')
}

/** What the body hands out for `POST /refresh`; null where it does not. */
export function refreshTokenIn(body: string): string | null {
  return textIn(body, 'refreshToken') || null
}

/** What the body, as JSON, says under this name; null where it is no text. */
export function textIn(body: string, name: 'token' | 'refreshToken' | 'username'): string | null {
  try {
    const value = (JSON.parse(body) as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
