/** The section of a report about credentials that nobody issued. */
import { figure } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { markdownTable } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

export function counterfeitsSection({ counterfeits: entries }: Summary): Section | null {
  if (entries.length === 0) return null
  const rows = entries.map(({ scheme, tried, accepted, failed, acceptedAtMost }) => [
    scheme,
    figure(tried),
    accepted === 0 ? '0' : `**${accepted}**`,
    failed === 0 ? '0' : `**${failed}**`,
    `${figure(acceptedAtMost * 100)} %`,
  ])
  return section('counterfeits', 'Counterfeits', NOTE, markdownTable({ head: HEAD, rows }))
}

const HEAD = ['scheme', 'sent', 'let in', 'answered 5xx', 'share let in, at most']
const NOTE =
  'Credentials that nobody issued, made without a key from two issued ones: characters changed, added and ' +
  'cut, parts of another user’s, other algorithms and claims, no signature. The last column is the largest ' +
  'share of them that could be let in without showing here, with 95 %. The checks of `servers/GUARANTEES.md` ' +
  'ask for more, with the keys in hand.'
