/** The table of the whole trade, and which trials each of its cells rests on. */
import { ABSENT, code } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { folded, markdownTable, type Table, type Column as TableColumn, tableOf } from '../words/tables.ts'
import type { Trade } from './schema.ts'
import { type Cell, COLUMNS, type Column, EMPTY } from './trade.ts'

/** Those that the run has asked about. */
export function columnsOf(trade: Trade): Column[] {
  return (Object.keys(COLUMNS) as Column[]).filter((name) => trade.every(({ cells }) => cells[name]))
}

/** One row a scheme, of what is said of each cell. */
function table(trade: Trade, say: (cell: Cell) => string, name: (scheme: string) => string): Table {
  return tableOf(trade, [
    ['scheme', ({ scheme }) => name(scheme)],
    ...columnsOf(trade).map(
      (column): TableColumn<Trade[number]> => [COLUMNS[column], ({ cells }) => say(cells[column] ?? EMPTY)],
    ),
  ])
}

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

export const tradeTable = (trade: Trade): Table => table(trade, ({ text }) => text, code)

const evidence = (trade: Trade): Table =>
  table(
    trade,
    ({ trials }) => trials.join(', ') || ABSENT,
    (scheme) => scheme,
  )
