/** Colours and symbols, the same in every chart; each scheme has both, so that none is told by colour alone. */
import { schemeNames } from '../../../servers/scheme.ts'
import { type Family, familyOf } from '../families.ts'

interface Look {
  color: string
  symbol: string
}

/** Symbols that ECharts has not; its pin and its arrow point at a place instead of lying on it. */
const PLUS = 'path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z'
const DOWNWARD = 'path://M0,0L10,0L5,9Z'

/**
 * A hue for each family, so that a reader sees what kind a line is of before he reads its name: grey for the control, warm for
 * sessions, blue for signed tokens, green for encrypted ones. Shades of a hue are too many to tell apart by eye alone, so those of a
 * family differ in symbol and every chart also writes the names. Each shade has a contrast of 3:1 at least on white
 * (WCAG 2.2, criterion 1.4.11).
 *
 * A scheme has the look of its place among those of its family in the registry, where new ones stand at the end: one that is added
 * moves no other. It may not be a table of names: only experiments and claims know a scheme by its name.
 */
const shades: Readonly<Record<Family, readonly string[]>> = {
  control: ['#767676'],
  sessions: ['#d95f0e', '#cc3311', '#993366', '#8c2d04', '#b3541e', '#8e1b3a', '#e0563b'],
  'signed tokens': [
    ...['#2171b5', '#0088a0', '#1a237e', '#5c6bc0', '#004d73', '#3388dd'],
    ...['#5e35b1', '#0277bd', '#08306b', '#6a3d9a', '#4292c6'],
  ],
  'encrypted tokens': ['#117733', '#5a8a00', '#00695c', '#4d9221', '#2e8b57'],
}

const symbols = [
  ...['circle', 'rect', 'diamond', 'triangle', PLUS, DOWNWARD],
  ...['emptyCircle', 'emptyRect', 'emptyDiamond', 'emptyTriangle', 'roundRect'],
]

/** For schemes of published runs that the registry no longer has. */
const unknown: Look = { color: '#8a8a8a', symbol: 'emptyCircle' }

/**
 * Beyond the shades of a family they begin anew, each time with another symbol.
 *
 * @param registry names of all schemes; another one than ours only in tests
 */
export function lookOf(scheme: string, registry: readonly string[] = schemeNames): Look {
  const family = familyOf(scheme)
  const own = shades[family]
  const place = registry.filter((name) => familyOf(name) === family).indexOf(scheme)
  const color = own[place % own.length]
  if (!color) return unknown
  const round = Math.floor(place / own.length)
  return { color, symbol: symbols[((place % own.length) + round) % symbols.length] ?? 'circle' }
}

/** Charts carry a background of their own and so read alike on light and dark pages. */
export const ink = {
  background: '#ffffff',
  text: '#222222',
  muted: '#5a5a5a',
  faint: '#767676',
  line: '#dddddd',
} as const
