/** The table of the whole trade, and which trials each of its cells rests on. */
import { ABSENT, code } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { folded, markdownTable, type Table } from '../words/tables.ts'
import type { Trade } from './schema.ts'
import { COLUMNS, type Column } from './trade.ts'

const names = Object.keys(COLUMNS) as Column[]
const head = ['scheme', ...names.map((name) => COLUMNS[name])]

/** Nothing where only costs were measured. */
export function tradeSection({ trade }: { trade: Trade }): Section | null {
  if (trade.length === 0) return null
  return section(
    'the-trade-on-one-page',
    'The trade on one page',
    markdownTable(tradeTable(trade), 'text'),
    NOTE,
    folded('The trials behind each cell', markdownTable(evidence(trade), 'text')),
  )
}

/** How the table is to be read. */
export const NOTE =
  `Each cell was measured in this run; ${ABSENT} was not. A logout acts within the worst time that was seen, ` +
  'at the scheme’s own settings, from its acknowledgement to the last acceptance on any replica under load. ' +
  'If a token lives on for its lifetime, that lifetime is the bound; it was checked with a shorter one. ' +
  'Users keep a token in local storage and a session in an `HttpOnly` cookie. Each column has its own ' +
  'section below, with intervals and conditions.'

export function tradeTable(trade: Trade): Table {
  return {
    head,
    rows: trade.map(({ scheme, cells }) => [code(scheme), ...names.map((name) => cells[name].text)]),
  }
}

function evidence(trade: Trade): Table {
  const trials = (cells: Trade[number]['cells']) =>
    names.map((name) => cells[name].trials.join(', ') || ABSENT)
  return { head, rows: trade.map(({ scheme, cells }) => [scheme, ...trials(cells)]) }
}
