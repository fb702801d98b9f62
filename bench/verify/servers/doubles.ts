/** Requests that carry two credentials: ambiguous, and so refused, whichever a server would take. Pure. */
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  draftOf,
  GUARDED,
  type Login,
  ME,
  pick,
  type Stock,
  wholeOf,
} from './attempt.ts'

/** Two credentials, of one user or of two, in every order and spelling. */
export function doubleAttempt(draw: Draw, { traits, own, other }: Stock): Attempt {
  const two = pick(draw, [
    [own, other],
    [other, own],
    [own, own],
  ] as const)
  const lines = traits.transport === 'bearer' ? twoTokens(draw, two) : twoCookies(draw, two)
  return {
    kind: 'two at once',
    what: lines
      .map((line) => line.replaceAll(own.secret, '<own>').replaceAll(other.secret, '<other>'))
      .join(' | '),
    bytes: bytesOf(draftOf(pick(draw, [ME, ME, ...GUARDED]), draw(2) === 0 ? lines : lines.reverse())),
    expects: 'refused',
    holders: [],
  }
}

const COOKIE_NAMES = ['sid', 'token', '__Host-sid', '__Host-token']
const BEARER = ['Authorization', 'authorization', 'AUTHORIZATION']

function twoTokens(draw: Draw, [first, second]: readonly [Login, Login]): string[] {
  const line = (value: string) => `${pick(draw, BEARER)}: ${value}`
  const cookie = `${pick(draw, COOKIE_NAMES)}${pick(draw, ['', ' ', '\t', ' \t'])}=${pick(draw, ['', ' '])}`
  return pick(draw, [
    [line(wholeOf(first)), line(wholeOf(second))],
    [line(wholeOf(first)), line(pick(draw, ['', 'Basic eA==', 'Bearer', second.secret]))],
    [line(`${wholeOf(first)}, ${wholeOf(second)}`)],
    [line(`${wholeOf(first)} ${second.secret}`)],
    [line(wholeOf(first)), `Cookie: ${cookie}${second.secret}`],
    [
      line(wholeOf(first)),
      `Cookie: a=b;${pick(draw, ['', ' ', '\t'])}${cookie}${pick(draw, ['', 'x', second.secret])}`,
    ],
  ])
}

function twoCookies(draw: Draw, [first, second]: readonly [Login, Login]): string[] {
  const blank = () => pick(draw, ['', ' ', '\t', ' \t'])
  const spelled = ({ before, secret }: Login) =>
    `${blank()}${before.slice(0, -1)}${blank()}=${blank()}${pick(draw, [secret, secret, `"${secret}"`])}${blank()}`
  const between = pick(draw, [';', '; ', ';a=b;', '; ;'])
  const odd = `${second.before}${pick(draw, ['', 'x', '""', '%'])}`
  return pick(draw, [
    [`Cookie: ${spelled(first)}${between}${spelled(second)}`],
    [`Cookie: ${pick(draw, [`${odd}${between}${spelled(first)}`, `${spelled(first)}${between}${odd}`])}`],
    [`Cookie: ${spelled(first)}`, `${pick(draw, ['Cookie', 'cookie', 'COOKIE'])}: ${spelled(second)}`],
    [`Cookie: ${wholeOf(first)}`, `Authorization: ${pick(draw, ['Bearer ', 'Basic ', ''])}${second.secret}`],
    [`Cookie: ${spelled(first)}`, 'Authorization: x'],
  ])
}
