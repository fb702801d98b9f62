/** Colours and symbols, the same in every chart; each scheme has both, so that none is told by colour alone. */
import { schemeNames } from '../../../servers/scheme.ts'

interface Look {
  color: string
  symbol: string
}

/** Symbols that ECharts has not; its pin and its arrow point at a place instead of lying on it. */
export const PLUS = 'path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z'
export const DOWNWARD = 'path://M0,0L10,0L5,9Z'

/**
 * Drawn from Paul Tol's colour-blind-safe schemes (SRON technical note 09-002): grey for the control, warm for sessions,
 * cool for tokens. So many colours are too many to tell apart by eye alone, so neighbours differ in symbol and every
 * chart also writes the names.
 *
 * A scheme has the look of its place in the registry. It may not depend on how many schemes there are: published charts
 * would change their colours, and no longer agree with older ones. So a scheme that is registered after the others
 * moves none of them. Nor may this be a table of names: only experiments and claims know a scheme by its name.
 */
const looks: readonly Look[] = [
  { color: '#767676', symbol: 'circle' },
  { color: '#ee7733', symbol: 'rect' },
  { color: '#aa3377', symbol: 'diamond' },
  { color: '#cc6677', symbol: 'triangle' },
  { color: '#882255', symbol: 'rect' },
  { color: '#ddaa33', symbol: 'circle' },
  { color: '#4477aa', symbol: 'circle' },
  { color: '#77aadd', symbol: 'triangle' },
  { color: '#117733', symbol: 'rect' },
  { color: '#44aa99', symbol: 'diamond' },
  { color: '#332288', symbol: 'triangle' },
  { color: '#3399cc', symbol: PLUS },
  { color: '#7f7f1e', symbol: DOWNWARD },
  { color: '#225555', symbol: 'circle' },
  { color: '#5566aa', symbol: 'rect' },
  { color: '#009988', symbol: 'diamond' },
  { color: '#666633', symbol: 'triangle' },
]

const symbols = [...new Set(looks.map(({ symbol }) => symbol))]

/** For schemes of published runs that the registry no longer has. */
const unknown: Look = { color: '#999999', symbol: 'emptyCircle' }

/**
 * Beyond the table colours begin anew, each time with another symbol.
 *
 * @param registry names of all schemes; another one than ours only in tests
 */
export function lookOf(scheme: string, registry: readonly string[] = schemeNames): Look {
  const place = registry.indexOf(scheme)
  const look = looks[place % looks.length]
  if (!look) return unknown
  const round = Math.floor(place / looks.length)
  const symbol = symbols[(symbols.indexOf(look.symbol) + round) % symbols.length] ?? look.symbol
  return { ...look, symbol }
}

/** Charts carry a background of their own and so read alike on light and dark pages. */
export const ink = { background: '#ffffff', text: '#222222', muted: '#5a5a5a', line: '#dddddd' } as const
