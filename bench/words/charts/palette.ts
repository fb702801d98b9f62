/** Colours and symbols, the same in every chart; each scheme has both, so that none is told by colour alone. */
import { schemePlace } from '../../figures/records.ts'

interface Look {
  color: string
  symbol: string
}

/**
 * Drawn from Paul Tol's colour-blind-safe schemes (SRON technical note 09-002), in registry order: grey for the
 * control, warm for sessions, cool for tokens. So many colours are too many to tell apart by eye alone, so neighbours
 * differ in symbol and every chart also writes the names.
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
  { color: '#3399cc', symbol: 'path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z' },
  { color: '#7f7f1e', symbol: 'path://M0,0L10,0L5,9Z' },
  { color: '#225555', symbol: 'circle' },
  { color: '#5566aa', symbol: 'rect' },
  { color: '#009988', symbol: 'diamond' },
  { color: '#666633', symbol: 'triangle' },
]

/** Schemes beyond the table take its looks again from the front. */
export function lookOf(scheme: string): Look {
  return looks[schemePlace(scheme) % looks.length] as Look
}

/** Tiers of a request's CPU, light to dark so that they also differ in print. */
export const tierColors = { replicas: '#4477aa', redis: '#cc3311', proxy: '#bbbbbb' } as const

/** Charts carry a background of their own and so read alike on light and dark pages. */
export const ink = { background: '#ffffff', text: '#222222', muted: '#5a5a5a', line: '#dddddd' } as const
