/** What a scheme keeps and gives up besides CPU: by what it declares, with the figure that was measured of it where a run has one. */
import type { SchemeName } from '../../servers/scheme.ts'
import type { Trade } from '../trade/schema.ts'
import { traits } from '../traits.ts'
import { ABSENT } from '../words/format.ts'

type Row = Trade[number]
type Column = keyof Row['cells']

export interface Guarantee {
  about: 'logout' | 'outage' | 'reading' | 'theft'
  isKept: boolean
  /** As the end of a sentence about the scheme. */
  text: string
}

/** @param row of the scheme in the whole trade; null where no run has one */
export function guaranteesOf(scheme: SchemeName, row: Row | null): Guarantee[] {
  const { revocation, state, payload, transport } = traits[scheme]
  const seen = (column: Column) => {
    const text = row?.cells[column]?.text ?? ABSENT
    // Brackets within brackets are hard to read.
    return text === ABSENT ? '' : ` (${text.replace(' (', ', ').replace(/\)$/, '').replace(': ', ', ')})`
  }
  return [
    logoutOf(revocation, seen('revocation')),
    outageOf(state, seen),
    payload === 'readable'
      ? { about: 'reading', isKept: false, text: 'who holds the token reads the profile in it' }
      : { about: 'reading', isKept: true, text: 'nothing can be read without a key' },
    transport === 'bearer'
      ? { about: 'theft', isKept: false, text: 'a script in the page can take the token' }
      : { about: 'theft', isKept: true, text: 'no script in the page can take the cookie' },
  ]
}

function logoutOf(revocation: (typeof traits)[SchemeName]['revocation'], seen: string): Guarantee {
  const about = 'logout'
  switch (revocation) {
    case 'immediate':
      return { about, isKept: true, text: `a logout acts at once${seen}` }
    case 'bounded':
      return { about, isKept: false, text: `a logout acts only after a while${seen}` }
    default:
      return { about, isKept: false, text: `a logout ends no copy of the token before it expires${seen}` }
  }
}

function outageOf(state: (typeof traits)[SchemeName]['state'], seen: (column: Column) => string): Guarantee {
  const about = 'outage'
  switch (state) {
    case 'redis':
    case 'token+redis':
      return { about, isKept: false, text: `it needs Redis${seen('redisLoss').replace('(', '(killed, it ')}` }
    case 'process':
      return { about, isKept: false, text: `a killed replica takes its logins along${seen('replicaLoss')}` }
    default:
      return { about, isKept: true, text: 'it needs no Redis' }
  }
}
