/**
 * Requests whose credential nobody issued. Pure.
 *
 * A credential is a counterfeit unless it is byte for byte one that was issued and is still valid. For a cookie its value
 * counts, as RFC 6265 (4.1.1) and express-session read it: blanks around it, quotes around it and escapes in it are
 * spellings of the same. For a token nothing but the blanks that HTTP itself takes off.
 */
import type { Traits } from '../../../servers/scheme.ts'
import { counterfeits, unescaped } from '../../load/counterfeits.ts'
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  draftOf,
  GUARDED,
  type Login,
  lineOf,
  ME,
  noise,
  pick,
  REFRESH,
  type Stock,
  utf8,
} from './attempt.ts'

type Change = (secret: string, draw: Draw, other: string) => string

/** Besides those that somebody without a login may think of: what software on the way does to a text. */
const SPELLINGS: Readonly<Record<string, Change>> = {
  'case of one letter': (secret, draw) => {
    const at = draw(secret.length)
    return secret.slice(0, at) + otherCase(secret.slice(at, at + 1)) + secret.slice(at + 1)
  },
  'case of all': (secret, draw) => (draw(2) === 0 ? secret.toLowerCase() : secret.toUpperCase()),
  'case of the last part': (secret) => secret.replace(/[^.]*$/, (part) => part.toLowerCase()),
  'blank inside': (secret, draw) => inserted(secret, draw, pick(draw, [' ', '\t', '%20', '+', '\xa0'])),
  'blank around': (secret, draw) =>
    `${pick(draw, ['', ' ', '\t'])}${secret}${pick(draw, [' ', '\t ', '\x0b', '%09', '\xa0'])}`,
  padding: (secret, draw) => secret + pick(draw, ['=', '==', '.', '..', '%3D', '%00', '\x00', ',', ';', '/']),
  'padding of a part': (secret, draw) => secret.replace('.', pick(draw, ['=.', '..', '.=', '%2E', '.A'])),
  quotes: (secret, draw) =>
    pick(draw, [`"${secret}"`, `'${secret}'`, `"${secret}`, `${secret}"`, `<${secret}>`]),
  escapes: (secret, draw) => {
    const at = draw(secret.length)
    return `${secret.slice(0, at)}%${secret.charCodeAt(at).toString(16)}${secret.slice(at + 1)}`
  },
  'escaped twice': (secret) => encodeURIComponent(secret),
  'all unescaped': (secret) => unescaped(secret),
  list: (secret, draw, other) =>
    pick(draw, [`${secret},`, `,${secret}`, `${secret}, ${other}`, `${secret},${secret}`]),
  swapped: (secret, draw) => {
    const at = draw(secret.length - 1)
    return (
      secret.slice(0, at) + secret.slice(at + 1, at + 2) + secret.slice(at, at + 1) + secret.slice(at + 2)
    )
  },
  removed: (secret, draw) => {
    const at = draw(secret.length)
    return secret.slice(0, at) + secret.slice(at + 1 + draw(3))
  },
  'cut of two': (secret, draw, other) =>
    secret.slice(0, draw(secret.length)) + other.slice(draw(other.length)),
  'any bytes': (secret, draw) => inserted(secret, draw, noise(draw, 1 + draw(3)).replace(/[\r\n]/g, '')),
  'url alphabet': (secret) => secret.replaceAll('-', '+').replaceAll('_', '/'),
  empty: (_secret, draw) =>
    pick(draw, ['', ' ', '""', '.', 'undefined', 'null', '[object Object]', '%', '__proto__']),
}
const spellings = Object.keys(SPELLINGS)

const inserted = (text: string, draw: Draw, put: string) => {
  const at = draw(text.length + 1)
  return text.slice(0, at) + put + text.slice(at)
}
const otherCase = (text: string) => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase())

/** One credential, changed: of the login `from`, which may be one that is over. */
export function counterfeitAttempt(draw: Draw, { traits, own, other }: Stock, from: Login = own): Attempt {
  const way = draw(2) === 0 ? null : pick(draw, spellings)
  const [issued] = way === null ? counterfeits(from.secret, other.secret, 1, draw, draw(70)) : []
  const secret =
    way === null ? (issued?.secret ?? '') : (SPELLINGS[way] as Change)(from.secret, draw, other.secret)
  const before = draw(12) === 0 ? pick(draw, befores(traits)) : from.before
  const value = before + secret
  const route = pick(draw, [ME, ME, ...GUARDED])
  const valid = from === own ? [own, other] : [other]
  const holder = valid.find((login) => carries(traits, value, login))
  return {
    kind: 'counterfeits',
    what: `${route.path}: ${way ?? issued?.way}`,
    // A route that ends a login is asked only with what nobody holds.
    bytes: bytesOf(draftOf(holder ? ME : route, [lineOf(traits, value)])),
    expects: holder ? 'either' : 'refused',
    holders: holder ? [holder.name] : [],
  }
}

/** What may stand there instead of the right word or name. */
function befores({ transport }: Traits): string[] {
  return transport === 'bearer'
    ? [
        'bearer ',
        'BEARER ',
        'Bearer  ',
        'Bearer\t',
        'Basic ',
        'DPoP ',
        'Bearer=',
        'Bearer',
        '',
        'Bearer Bearer ',
        'Token ',
      ]
    : [
        'sid=',
        'token=',
        '__host-sid=',
        '__Host-sid',
        '__Host-SID=',
        '__Secure-sid=',
        '=',
        '',
        ' __Host-x=',
        '"__Host-sid"=',
      ]
}

/** Whether a header with this value carries the whole credential of a login, however it is spelled. */
export function carries({ transport }: Traits, value: string, { before, secret }: Login): boolean {
  if (transport === 'bearer') {
    const token = /^Bearer[ \t]+(.*)$/is.exec(value.replace(/^[ \t]+|[ \t]+$/g, ''))?.[1]
    return token === secret
  }
  const found = value.split(';').flatMap((pair) => {
    const [, name = '', text = ''] = /^[ \t]*([^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$/s.exec(pair) ?? []
    return `${name}=` === before ? [unescaped(text.replace(/^"(.*)"$/s, '$1'))] : []
  })
  return found.length === 1 && found[0] === unescaped(secret)
}

/** A refresh token, changed. It ends the login that it is made from, where it comes near. */
export function refreshAttempt(draw: Draw, token: string, another: string): Attempt {
  const way = pick(draw, spellings)
  const changed = (SPELLINGS[way] as Change)(token, draw, another)
  const body = JSON.stringify({ refreshToken: changed === token ? `${token}.` : changed })
  return {
    kind: 'counterfeits',
    what: `/refresh: ${way}`,
    bytes: bytesOf(draftOf(REFRESH, [], utf8(body))),
    expects: 'refused',
    holders: [],
  }
}
