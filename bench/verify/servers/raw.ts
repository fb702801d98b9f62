/** Requests that break the rules of HTTP, or bend them: a good one, changed in one to three places. Pure. */
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  type Draft,
  draftOf,
  lineOf,
  noise,
  pick,
  ROUTES,
  type Stock,
  utf8,
  wholeOf,
} from './attempt.ts'

/** What is known of the request that is changed. */
interface About {
  readsBody: boolean
  /** The line of a credential; undefined where it has none. */
  credential: string | undefined
}

interface Changed extends Partial<Draft> {
  /** An RFC lets nobody accept it, and nobody here does: 4xx, or closed. */
  isRefused?: boolean
  unfinished?: true
}

type Change = (draft: Draft, draw: Draw, about: About) => Changed

const texts = (text: string) => text.split(' ')
const METHODS = [...texts('BREW get OPTIONS TRACE HEAD CONNECT PRI M-SEARCH P\x00ST GETGET'), '']
const PATHS = [
  ...texts(
    '//me /me/ /ME /me;x=1 /me%00 /%6de /% /%ff * /../me /me/../me http://other.example/me /me?a[b][c]=1&a=2',
  ),
  ...texts('/me#x /me\x80\xff /me?% /__proto__ /healthz?gc=1 /me/preferences/ \\me'),
  ...['', '/m e', '/me\t', `/me?${'x'.repeat(5_000)}`],
]
const VERSIONS = [...texts('HTTP/1.0 HTTP/0.9 HTTP/2.0 HTTP/9.9 http/1.1 HTTP/11 HTTP/1.'), 'HTTP/1.1 ', '']
const TYPES = [
  ...texts(
    'text/plain multipart/form-data application/json;;; application/jsonp x \xff/json */* application/json;charset="',
  ),
  ...['utf-7', 'utf-16', '\xe9'].map((name) => `application/json; charset=${name}`),
  ...['application/x-www-form-urlencoded', 'application/json, text/plain', ''],
]
const ENCODINGS = [...texts('br deflate identity x zstd \xff'), 'gzip, gzip', 'GZIP ', '']
const TRANSFERS = ['gzip', 'chunked, gzip', 'xchunked', 'chunked;q=1', 'identity', '\x0bchunked']
const BAD_CHUNKS = [
  'zz\r\n{}\r\n0\r\n\r\n',
  '-1\r\n\r\n',
  `${'F'.repeat(18)}\r\n{}`,
  '1\r\n{}\r\n0\r\n\r\n',
  '0x2\r\n{}\r\n',
]
const LENGTHS = texts('-1 1e3 0x10 99999999999999999999999 2,2 two +2')
const LARGE_BODY = `{"a":"${'x'.repeat(17_000)}"}`

/** One line more, or several. */
const added =
  (isRefused: boolean, ...choices: readonly (string | readonly string[])[]): Change =>
  ({ headers }, draw) => ({ headers: [...[pick(draw, choices)].flat(), ...headers], isRefused })

/** Its line of this name is another one. */
const instead = (headers: readonly string[], name: string, ...lines: readonly string[]): string[] => [
  ...headers.filter((line) => !line.startsWith(`${name}:`)),
  ...lines,
]

const CHANGES: Readonly<Record<string, Change>> = {
  method: ({ line }, draw) => ({ line: line.replace(/^\S+/, () => pick(draw, METHODS)) }),
  path: ({ line }, draw) => ({ line: line.replace(/(?<= )\S+(?= )/, () => pick(draw, PATHS)) }),
  version: ({ line }, draw) => ({ line: line.replace(/\S+$/, pick(draw, VERSIONS)) }),
  'blank in a name': ({ headers }, draw, { credential }) => {
    // Never in that of the credential, which would be another one then.
    const chosen = pick(
      draw,
      headers.filter((line) => line !== credential),
    )
    const odd = chosen.replace(':', pick(draw, [' :', '\t:', ' x:']))
    return { headers: headers.map((line) => (line === chosen ? odd : line)), isRefused: true }
  },
  'byte in a name': added(true, ...['\x00', '\xe9', '(', '"', '\x7f', '@'].map((byte) => `X-${byte}: 1`)),
  'byte in a value': added(true, ...['\x00', '\x01', '\x0b', '\x7f'].map((byte) => `X-Odd: a${byte}b`)),
  '8 bits in a value': added(false, 'X-Odd: \xe9\x80\xff', 'User-Agent: \xc3\xa9', 'Accept: \xff'),
  'bare CR': added(true, 'X-Odd: a\rX-Other: b'),
  'bare LF': added(false, 'X-Odd: a\nX-Other: b'),
  'folded line': added(false, 'X-Odd: a\r\n b', 'X-Odd: a\r\n\tb'),
  'no colon': added(true, 'X-Odd'),
  'long line': added(true, `X-Long: ${'x'.repeat(20_000)}`),
  'many lines': added(
    false,
    Array.from({ length: 1_500 }, (_, i) => `X${i}: 1`),
  ),
  'second Host': added(false, 'Host: other.example', 'Host: ', 'Host: a b', 'Host: /'),
  'no Host': ({ headers }) => ({ headers: instead(headers, 'Host'), isRefused: true }),
  'second length': added(
    true,
    ...['4', '5', '3, 4'].map((length) => ['Content-Length: 3', `Content-Length: ${length}`]),
  ),
  'odd length': ({ headers }, draw) => ({
    headers: instead(headers, 'Content-Length', `Content-Length: ${pick(draw, LENGTHS)}`),
    isRefused: true,
  }),
  'length and chunks': added(false, ['Content-Length: 2', 'Transfer-Encoding: chunked']),
  'two transfer codings': added(false, ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  'odd transfer coding': ({ headers }, draw) => ({
    headers: instead(headers, 'Content-Length', `Transfer-Encoding: ${pick(draw, TRANSFERS)}`),
  }),
  'bad chunk': ({ headers }, draw, { readsBody }) => ({
    headers: instead(headers, 'Content-Length', 'Transfer-Encoding: chunked'),
    body: pick(draw, BAD_CHUNKS),
    isRefused: readsBody,
  }),
  'body cut': ({ headers, body }, _draw, { readsBody }) => ({
    headers: instead(headers, 'Content-Length', `Content-Length: ${body.length + 9}`),
    isRefused: readsBody,
    unfinished: true,
  }),
  'body too long': ({ body }, draw) => ({ body: body + noise(draw, 1 + draw(200)) }),
  'large body': ({ headers }, _draw, { readsBody }) => ({
    headers: instead(headers, 'Content-Length', `Content-Length: ${LARGE_BODY.length}`),
    body: LARGE_BODY,
    isRefused: readsBody,
  }),
  type: ({ headers }, draw) => ({
    headers: instead(headers, 'Content-Type', `Content-Type: ${pick(draw, TYPES)}`),
  }),
  'no type': ({ headers }) => ({ headers: instead(headers, 'Content-Type') }),
  coding: added(false, ...ENCODINGS.map((name) => `Content-Encoding: ${name}`)),
  'no gzip': ({ headers }, _draw, { readsBody }) => ({
    headers: [...headers, 'Content-Encoding: gzip'],
    isRefused: readsBody,
  }),
  expectation: added(false, 'Expect: 100-continue', 'Expect: tea', 'Expect: '),
  upgrade: added(
    false,
    ...['websocket', 'h2c', 'TLS/1.0'].map((name) => ['Connection: upgrade', `Upgrade: ${name}`]),
  ),
}

/** What is done to the text as a whole; it leaves the secret in one piece. */
function scrambled(text: string, draw: Draw, secret: string): string {
  const from = secret === '' ? -1 : text.indexOf(secret)
  const drawn = draw(text.length)
  const at = from >= 0 && drawn >= from && drawn <= from + secret.length ? 0 : drawn
  const cut = draw(3)
  return (
    text.slice(0, at) + noise(draw, draw(4)) + text.slice(at < from ? Math.min(at + cut, from) : at + cut)
  )
}

const names = Object.keys(CHANGES)

export function rawAttempt(draw: Draw, { traits, spare, doomed }: Stock): Attempt {
  const route = pick(draw, ROUTES)
  const login = route.ends ? doomed : spare
  const credential = draw(3) > 0 ? lineOf(traits, wholeOf(login)) : undefined
  const about = { readsBody: route.readsBody === true, credential }
  const body = route.path === '/login' ? utf8('{"username":"nobody","password":"ä"}') : undefined
  const draft = draftOf(route, credential ? [credential] : [], body)
  const done: string[] = []
  let changed: Changed = {}
  for (let left = pick(draw, [1, 1, 2, 3]); left > 0; left -= 1) {
    const name = pick(draw, names)
    done.push(name)
    changed = (CHANGES[name] as Change)(draft, draw, about)
    Object.assign(draft, changed)
  }
  let bytes = bytesOf(draft)
  if (draw(8) === 0) {
    done.push('scrambled')
    bytes = scrambled(bytes, draw, login.secret)
  }
  // Node 20 and 24 write the 100 of a pipelined request between the head and the body of its reply.
  if (draw(8) === 0 && !done.includes('expectation')) {
    done.push('pipelined')
    bytes = bytes.replaceAll('Connection: close\r\n', '').repeat(1 + draw(3)) + bytes
  }
  return {
    kind: 'raw HTTP',
    what: `${route.method} ${route.path}: ${done.join(', ')}`,
    bytes,
    // A second change may undo what was wrong with the first.
    expects: done.length === 1 && changed.isRefused ? 'refused' : 'either',
    holders: credential ? [login.name] : [],
    ...(changed.unfinished ? { unfinished: true } : {}),
  }
}
