/** What a scheme keeps and gives up besides CPU: by what it declares, with the figure that was measured of it where a run has one. */
import { isSchemeName, type SchemeName } from '../../servers/scheme.ts'
import { timeText } from '../experiments/revocation/section.ts'
import type { Trade } from '../trade/schema.ts'
import { outageWord } from '../trade/trade.ts'
import { traits } from '../traits.ts'
import { counted, percent } from '../words/format.ts'

type Row = Trade[number]
type Traits = (typeof traits)[SchemeName]

/** What each is about, as the head of a row, in the order in which they are read. */
export const ABOUT = {
  logout: 'A logout acts',
  redis: 'Redis dies',
  replica: 'A replica dies',
  reading: 'The credential shows',
  theft: 'A script in the page takes it',
} as const

export interface Guarantee {
  about: keyof typeof ABOUT
  isKept: boolean
  /** What follows the head. */
  text: string
}

/** @param row of the scheme in the whole trade; null where no run has one */
export function guaranteesOf(scheme: SchemeName, row: Row | null): Guarantee[] {
  const { revocation, state, payload, transport } = traits[scheme]
  const cells = row?.cells
  return [
    logoutOf(revocation, cells?.revocation.seen ?? null),
    redisOf(state, cells?.redisLoss.seen ?? null),
    replicaOf(state, cells?.replicaLoss.seen ?? null),
    payload === 'readable'
      ? { about: 'reading', isKept: false, text: 'the profile, to everybody who holds it' }
      : {
          ...{ about: 'reading', isKept: true },
          text: payload === 'opaque' ? 'a random id, and no more' : 'nothing without its key',
        },
    transport === 'bearer'
      ? { about: 'theft', isKept: false, text: 'yes from local storage, no from a cookie' }
      : { about: 'theft', isKept: true, text: 'no: it is in an `HttpOnly` cookie' },
  ]
}

/** Where one of two schemes keeps what the other gives up; where they are alike there is nothing to choose by. */
export function guaranteesApart(schemes: readonly string[], trade: Trade): [Guarantee, Guarantee][] {
  const [first, second] = schemes.map((scheme) =>
    isSchemeName(scheme) ? guaranteesOf(scheme, trade.find((row) => row.scheme === scheme) ?? null) : [],
  )
  return (first ?? []).flatMap((own, i): [Guarantee, Guarantee][] => {
    const other = second?.[i]
    return other && own.isKept !== other.isKept ? [[own, other]] : []
  })
}

function logoutOf(revocation: Traits['revocation'], seen: Row['cells']['revocation']['seen']): Guarantee {
  const about = 'logout'
  const within = seen && timeText(seen.withinMs)
  switch (revocation) {
    case 'immediate':
      return {
        about,
        isKept: true,
        text: withSeen('at once', seen && `within ${within} in ${counted(seen.n, 'logout')}`),
      }
    case 'bounded':
      return { about, isKept: false, text: withSeen('after a while', seen && `within ${within}`) }
    default:
      return { about, isKept: false, text: withSeen('when the token expires', within) }
  }
}

function redisOf(state: Traits['state'], seen: Row['cells']['redisLoss']['seen']): Guarantee {
  const about = 'redis'
  if (state !== 'redis' && state !== 'token+redis')
    return { about, isKept: true, text: 'nothing happens; it asks Redis nothing' }
  if (!seen) return { about, isKept: false, text: 'it needs Redis' }
  const { goodShare, loggedOut } = seen
  const out = loggedOut > 0 ? `, ${counted(loggedOut, 'user')} logged out` : ''
  return {
    about,
    isKept: outageWord(goodShare) === 'goes on' && loggedOut === 0,
    text: `${OUTAGE[outageWord(goodShare)]} (${percent(goodShare)} of requests went well${out})`,
  }
}

const OUTAGE = {
  'goes on': 'it goes on',
  partly: 'some requests fail',
  stands: 'nothing works',
} as const satisfies Record<ReturnType<typeof outageWord>, string>

function replicaOf(state: Traits['state'], seen: Row['cells']['replicaLoss']['seen']): Guarantee {
  const about = 'replica'
  const tried = seen && `${seen.loggedOut} of ${seen.of}`
  return state === 'process'
    ? { about, isKept: false, text: withSeen('its users are logged out', tried) }
    : { about, isKept: true, text: withSeen('nobody is logged out', tried) }
}

const withSeen = (declared: string, seen: string | null) => (seen ? `${declared} (${seen})` : declared)
