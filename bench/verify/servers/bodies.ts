/** Bodies that are JSON of every kind, or nearly: on well-formed requests to the routes that read one. Pure. */
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  draftOf,
  LOGIN,
  lineOf,
  noise,
  PREFERENCES,
  pick,
  REFRESH,
  type Stock,
  utf8,
  wholeOf,
} from './attempt.ts'

/** The largest preferences that a server takes, as JSON. */
const PREFERENCES_LIMIT_BYTES = 2_048
const TEXTS = [
  '',
  'x',
  '\\u0000',
  '\\ud800',
  '\\udc00\\ud800',
  'ä€😀',
  '\\"',
  '</script>',
  '%00',
  'user1',
  's:x.y',
]
const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'length', ''],
  ...['username', 'password', 'refreshToken', 'then', '\\u0000', '$ne', '\\ud800'],
]
const NUMBERS = [
  '0',
  '-0',
  '1e999',
  '-1e-999',
  '123456789012345678901234567890',
  '0.1',
  '1E400',
  '01',
  'NaN',
  '.5',
]
const BROKEN = [
  '',
  ' ',
  '{',
  '}',
  '[',
  '{"a":}',
  '{"a":1,}',
  "{'a':1}",
  '\ufeff{}',
  '{}{}',
  'undefined',
  '"',
  '{"a":"\n"}',
]

/** A value as JSON; some of the numbers are none. */
function value(draw: Draw, depth = 0): string {
  const kind = draw(depth > 3 ? 4 : 7)
  if (kind === 0) return pick(draw, ['null', 'true', 'false'])
  if (kind === 1) return pick(draw, NUMBERS)
  if (kind < 4) return `"${pick(draw, TEXTS)}"`
  const inner = () => Array.from({ length: draw(4) }, () => value(draw, depth + 1))
  return kind === 4 ? `[${inner()}]` : object(draw, () => value(draw, depth + 1))
}

/** Keys are drawn with repetition, so that some are there twice. */
function object(draw: Draw, inner: () => string): string {
  return `{${Array.from({ length: draw(5) }, () => `"${pick(draw, KEYS)}":${inner()}`)}}`
}

function deep(draw: Draw): string {
  const depth = 100 + draw(3_000)
  return draw(2) === 0
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
}

const MAKERS: readonly ((draw: Draw) => string)[] = [
  (draw) => value(draw),
  (draw) => object(draw, () => value(draw)),
  (draw) => object(draw, () => `"${pick(draw, TEXTS)}"`),
  deep,
  (draw) => pick(draw, BROKEN),
  (draw) => JSON.stringify({ a: 'x'.repeat(PREFERENCES_LIMIT_BYTES - 12 + draw(8)) }),
  (draw) => `{"username":${value(draw)},"password":${value(draw)}}`,
  (draw) => `{"refreshToken":${value(draw)}}`,
]

export function bodyAttempt(draw: Draw, { traits, spare }: Stock): Attempt {
  const route = pick(draw, [LOGIN, PREFERENCES, PREFERENCES, REFRESH])
  const text = utf8(pick(draw, MAKERS)(draw))
  const body = draw(10) === 0 ? text + noise(draw, 1 + draw(3)) : text
  const [lines, holders] = route.guarded ? [[lineOf(traits, wholeOf(spare))], [spare.name]] : [[], []]
  return {
    kind: 'bodies',
    what: `${route.method} ${route.path}`,
    bytes: bytesOf(draftOf(route, lines, body)),
    // None of them has a right password or token. What preferences may be is read here by itself.
    expects: route !== PREFERENCES ? 'refused' : arePreferences(body) ? 'admitted' : 'refused',
    holders,
  }
}

function arePreferences(body: string): boolean {
  try {
    // What is sent is read as UTF-8, and a mark of the byte order before it is left out.
    const read: unknown = JSON.parse(new TextDecoder().decode(Buffer.from(body, 'latin1')))
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return false
    const isSmall = Buffer.byteLength(JSON.stringify(read)) <= PREFERENCES_LIMIT_BYTES
    return isSmall && Object.values(read).every((each) => typeof each === 'string')
  } catch {
    return false
  }
}
