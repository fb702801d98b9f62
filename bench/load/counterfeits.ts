/**
 * Credentials that nobody issued, made from two that were: what somebody can try who has a login of his own and no key.
 * Pure: the same seed makes the same ones.
 */
import type { Draw } from '../stats/seeded.ts'

const WAYS = [
  'character',
  'cut',
  'longer',
  'spliced',
  'reordered',
  'other-algorithm',
  'other-claims',
] as const
type Way = (typeof WAYS)[number]

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.='
const ALGORITHMS = ['none', 'HS256', 'RS256', 'ES256', 'HS512']

/**
 * The part of a request header that is the credential, and what stands around it. Of a bearer token what follows the word;
 * of cookies the value of the first, which is not the proxy's; of a name all.
 */
export function partsOf(header: string) {
  const [, before = '', secret = '', after = ''] = /^(Bearer |[^=;]+=)?([^;]*)(.*)$/.exec(header) ?? []
  return { before, secret, after }
}

/**
 * `count` of them by turns of all ways that the credential has; each unlike both that were issued, also when the escapes of a
 * cookie are read: `%2f` for `%2F` is the same credential in another spelling.
 * @param firstWay whose turn is first, for who makes them one by one
 */
export function counterfeits(own: string, other: string, count: number, draw: Draw, firstWay = 0) {
  const made: { way: Way; secret: string }[] = []
  for (let i = firstWay; made.length < count; i += 1) {
    const way = WAYS[i % WAYS.length] as Way
    const secret = make(way, own, other, draw)
    if (secret !== null && ![own, other].map(unescaped).includes(unescaped(secret)))
      made.push({ way, secret })
  }
  return made
}

/** A text with the escapes of a cookie read; the text itself where they cannot be. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Null where the credential has nothing of the kind. */
function make(way: Way, own: string, other: string, draw: Draw): string | null {
  const at = draw(own.length)
  const character = ALPHABET[draw(ALPHABET.length)] as string
  const [mine, theirs] = [own.split('.'), other.split('.')]
  const part = draw(mine.length)
  switch (way) {
    case 'character':
      return own.slice(0, at) + character + own.slice(at + 1)
    case 'cut':
      return own.slice(0, at)
    case 'longer':
      return own.slice(0, at) + character + own.slice(at)
    case 'spliced':
      return mine.length < 2 ? null : mine.with(part, theirs[part] ?? '').join('.')
    case 'reordered':
      return mine.length < 2 ? null : [...mine.slice(part), ...mine.slice(0, part)].join('.')
    case 'other-algorithm':
      return changed(mine, 0, { alg: ALGORITHMS[draw(ALGORITHMS.length)] }, draw(2) === 0)
    case 'other-claims':
      return changed(mine, 1, claimsOf(theirs, draw), draw(4) === 0)
  }
}

/** A part that is JSON, with some of it replaced; without a signature where that is left out. Null where it is none. */
function changed(parts: readonly string[], place: number, change: object, unsigned: boolean): string | null {
  const value = jsonIn(parts[place])
  if (value === null || parts.length < 3) return null
  const part = Buffer.from(JSON.stringify({ ...value, ...change })).toString('base64url')
  const whole = parts.with(place, part)
  return (unsigned ? whole.with(-1, '') : whole).join('.')
}

/** What is worth changing: who it is, and until when. */
function claimsOf(other: readonly string[], draw: Draw): object {
  const changes = [
    { sub: jsonIn(other[1])?.sub ?? 'user0' },
    { exp: 4_102_444_800 },
    { roles: ['admin'] },
    { exp: undefined },
  ]
  return changes[draw(changes.length)] as object
}

function jsonIn(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
