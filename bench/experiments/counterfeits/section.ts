/** The section of a report about credentials that nobody issued. */
import { figure } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { markdownTable, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

export function counterfeitsSection({ counterfeits }: Summary): Section | null {
  if (counterfeits.length === 0) return null
  const table = tableOf(counterfeits, {
    scheme: ({ scheme }) => scheme,
    sent: ({ tried }) => figure(tried),
    'let in': ({ accepted }) => (accepted === 0 ? '0' : `**${accepted}**`),
    'answered 5xx': ({ failed }) => (failed === 0 ? '0' : `**${failed}**`),
    'share let in, at most': ({ acceptedAtMost }) => `${figure(acceptedAtMost * 100)} %`,
  })
  return section('counterfeits', 'Counterfeits', NOTE, markdownTable(table))
}

const NOTE =
  'Credentials that nobody issued, made without a key from two issued ones: characters changed, added and ' +
  'cut, parts of another user’s, other algorithms and claims, no signature. The last column is the largest ' +
  'share of them that could be let in without showing here, with 95 %. The checks of `servers/GUARANTEES.md` ' +
  'ask for more, with the keys in hand.'
