/** Two schemes side by side, in everything that one chooses by: what each takes, how long it makes users wait, what it keeps and gives up. */
import type { Evidence } from '../plan/evidence.ts'
import { milliseconds, ranged } from '../plan/text.ts'
import type { Trade } from '../trade/schema.ts'
import { ABSENT, percent } from '../words/format.ts'
import type { Decision } from './decision.ts'
import { ABOUT, guaranteesApart } from './guarantees.ts'
import type { ServiceLoad } from './load.ts'
import { taxText } from './sentences.ts'
import { waitingOf } from './waiting.ts'

export interface TradeoffRow {
  head: string
  cells: [Tradeoff, Tradeoff]
}

interface Tradeoff {
  text: string
  /** Whether the scheme is the better one in this, or keeps what the row is about; null where that says nothing. */
  isKept: boolean | null
}

/** What was measured beside cost, and from what. */
export interface Besides {
  trade: Trade
  evidence: readonly Evidence[]
}

export function tradeoffsOf(made: Decision, load: ServiceLoad, { trade, evidence }: Besides): TradeoffRow[] {
  const guarantees = guaranteesApart(load.schemes, trade).map(
    (cells): TradeoffRow => ({ head: ABOUT[cells[0].about], cells }),
  )
  return [cpuRow(made), ...waitingRow(load, evidence), ...guarantees]
}

function cpuRow({ sides, cheaper, outcome }: Decision): TradeoffRow {
  const isChosen = (place: number) => (outcome === 'decides' ? cheaper === place : null)
  const cell = (place: 0 | 1): Tradeoff => ({
    text: `${taxText(sides[place])}, ${percent(sides[place].share)} of all`,
    isKept: isChosen(place),
  })
  return { head: 'CPU that auth takes', cells: [cell(0), cell(1)] }
}

/** None where it is known of neither. */
function waitingRow(load: ServiceLoad, evidence: readonly Evidence[]): TradeoffRow[] {
  const [first, second] = load.schemes.map((scheme) => waitingOf(evidence, load, scheme))
  if (!first && !second) return []
  const isApart = first && second && (first.lo > second.hi || second.lo > first.hi)
  const cell = (of: typeof first, other: typeof first, note = ''): Tradeoff => ({
    text: of ? `${ranged(of, milliseconds)} ms${note}` : ABSENT,
    isKept: isApart && of && other ? of.value < other.value : null,
  })
  const note = first && !isApart ? ', not told apart' : ''
  return [{ head: '99 of 100 answers within', cells: [cell(first, second), cell(second, first, note)] }]
}
