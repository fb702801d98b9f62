/** What is sent to a server as text of one character a byte, so that it can break every rule, and what has to come of it. */
import type { Traits } from '../../../servers/scheme.ts'
import type { Draw } from '../../stats/seeded.ts'

export const kinds = [
  'raw HTTP',
  'bodies',
  'counterfeits',
  'two at once',
  'ended',
  'forged',
  'origins',
  'valid',
] as const
export type Kind = (typeof kinds)[number]

export interface Attempt {
  kind: Kind
  /** What was done, in a few words. */
  what: string
  bytes: string
  /** `refused`: 4xx, or closed without an answer. `admitted`: 2xx. `either`: whatever is no failure of the server. */
  expects: 'refused' | 'admitted' | 'either'
  /** Names of those whose valid credential it carries whole: nobody else may be let in. */
  holders: readonly string[]
  /** Sent to the server whose logins end after two seconds. */
  toBrief?: true
  /** Known to lack its end: nobody waits long before the connection is closed from here. */
  unfinished?: true
}

/** One login, as its user sees it. */
export interface Login {
  name: string
  /** What stands before the secret in the header: `Bearer `, or the name of the cookie and its sign. */
  before: string
  secret: string
  refreshToken: string | null
}

/** What attempts of one batch are made from. */
export interface Stock {
  traits: Traits
  /** Used as they are only to see that they still work. */
  own: Login
  other: Login
  /** Thrown away after the batch. */
  spare: Login
  /** The same, for routes that end a login. */
  doomed: Login
}

export interface Draft {
  line: string
  /** Whole lines. */
  headers: string[]
  body: string
}

interface Route {
  method: string
  path: string
  guarded?: true
  readsBody?: true
  ends?: true
}

export const HOST = 'app.example'
export const PREFERENCES: Route = { method: 'PUT', path: '/me/preferences', guarded: true, readsBody: true }
export const LOGIN: Route = { method: 'POST', path: '/login', readsBody: true }
export const REFRESH: Route = { method: 'POST', path: '/refresh', readsBody: true }
export const LOGOUT: Route = { method: 'POST', path: '/logout', guarded: true, ends: true }
export const EVERYWHERE: Route = { method: 'POST', path: '/logout-everywhere', guarded: true, ends: true }
export const DISABLE: Route = { method: 'POST', path: '/me/disable', guarded: true, ends: true }
export const ME: Route = { method: 'GET', path: '/me', guarded: true }
export const GUARDED: readonly Route[] = [ME, PREFERENCES, LOGOUT, EVERYWHERE, DISABLE]
export const ROUTES: readonly Route[] = [
  ...GUARDED,
  LOGIN,
  REFRESH,
  { method: 'GET', path: '/public' },
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/unknown' },
]

/** A request as a page of our own sends it through a TLS proxy; `lines` carry what else it has to say. */
export function draftOf(route: Route, lines: readonly string[] = [], body?: string): Draft {
  const content = body ?? (route.readsBody ? '{}' : '')
  const typed = content === '' ? [] : ['Content-Type: application/json']
  return {
    line: `${route.method} ${route.path} HTTP/1.1`,
    headers: [
      `Host: ${HOST}`,
      ...['X-Forwarded-Proto: https', 'Sec-Fetch-Site: same-origin', ...lines, ...typed],
      ...(route.method === 'GET' ? [] : [`Content-Length: ${content.length}`]),
      'Connection: close',
    ],
    body: content,
  }
}

export const bytesOf = ({ line, headers, body }: Draft): string => [line, ...headers, '', body].join('\r\n')

/** Text as the bytes of its UTF-8. */
export const utf8 = (text: string): string => Buffer.from(text).toString('latin1')

const HEADERS = { none: 'X-User', cookie: 'Cookie', bearer: 'Authorization' } as const

/** The header line of a credential, whole or not. */
export function lineOf({ transport }: Traits, value: string): string {
  return `${HEADERS[transport]}: ${value}`
}

export const wholeOf = ({ before, secret }: Login): string => before + secret

/** The routes that this scheme answers 501, which says that it cannot and is no failure. */
export function cannot({ userWide, boundedBy }: Traits): string[] {
  return [
    ...(userWide === 'cannot' ? [EVERYWHERE.path, DISABLE.path] : []),
    ...(boundedBy === 'ACCESS_TTL_SEC' ? [] : [REFRESH.path]),
  ]
}

export function pick<T>(draw: Draw, items: readonly T[]): T {
  return items[draw(items.length)] as T
}

/** A few characters from all bytes that a header may hold, and some that it may not. */
export function noise(draw: Draw, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(draw(256))).join('')
}
