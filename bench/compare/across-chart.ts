/** The same figure of each scheme in several runs: how far machines and runtimes agree. */
import { schemesOf, valueAxis } from '../words/charts/axes.ts'
import { dots, hollow, said, whiskers } from '../words/charts/marks.ts'
import { lookOf } from '../words/charts/palette.ts'
import { inRows } from '../words/charts/rows.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
import { figure, withRange } from '../words/format.ts'

export interface Series {
  /** Of the run. */
  name: string
  points: readonly {
    scheme: string
    value: number
    lo: number
    hi: number
    n: number
    /** Whether it may be more. */
    isAtLeast?: true
  }[]
}

/** Others than the newest: seen through each other. */
const OTHERS = { color: '#8a8a8a', opacity: 0.55 } as const
const ROW_HEIGHT = 26

/** Null where no run has a figure. @param runs newest first */
export function acrossChart(
  runs: readonly Series[],
  { what, unit }: { what: string; unit: string },
): Drawing | null {
  const known = runs.filter(({ points }) => points.length > 0)
  const schemes = schemesOf(known.flatMap(({ points }) => points))
  if (schemes.length === 0) return null
  const rows = schemes.map((scheme) => ({ scheme, seen: seenOf(known, scheme) }))
  const newest = rows.map(({ seen }) => seen[0])
  const isBound = rows.some(({ seen }) => seen.some(({ point }) => point.isAtLeast))
  const lows = rows.flatMap(({ seen }) => seen.map(({ point }, i) => (i === 0 ? point.lo : point.value)))
  const isBelowZero = Math.min(...lows) < 0
  const room = { left: 168, right: 262, top: 84, bottom: 52 }
  const option = inRows({
    room,
    told: 'by-marks',
    x: valueAxis(`${what}, ${unit}`, isBelowZero ? {} : undefined),
    names: schemes,
    series: [
      dots(rows.flatMap(({ seen }, row) => seen.slice(1).map((one) => markOf(one, row, unit, OTHERS)))),
      whiskers(newest.map((one) => one && withUnit(one.point, unit))),
      dots(
        newest.flatMap((one, row) => {
          if (!one) return []
          const { color, symbol } = lookOf(one.point.scheme)
          return [{ ...markOf(one, row, unit, { color, opacity: 1 }), symbol }]
        }),
        { symbolSize: 11 },
      ),
    ],
    labels: rows.map(({ seen }) => rowText(seen)),
  })
  const lines = [
    'coloured: the newest run that has the figure, with its 95 % interval · grey: the others, each a dot',
    `at the right the newest; then the least and the most of all${isBound ? ' · hollow, ≥: at least' : ''}`,
  ]
  return drawing(titleOf(known, what), lines, option, room.top + room.bottom + ROW_HEIGHT * rows.length)
}

interface Seen {
  run: string
  point: Series['points'][number]
}

const seenOf = (runs: readonly Series[], scheme: string): Seen[] =>
  runs.flatMap(({ name, points }) => {
    const point = points.find((one) => one.scheme === scheme)
    return point ? [{ run: name, point }] : []
  })

function markOf({ run, point }: Seen, row: number, unit: string, style: { color: string; opacity: number }) {
  const { isAtLeast, value, scheme } = point
  return {
    name: said(scheme, isAtLeast ? `${run}, at least` : run, withUnit(point, unit), unit),
    value: [value, row],
    itemStyle: isAtLeast ? { ...style, ...hollow(style.color) } : style,
  }
}

/** `194 (177 to 225); 64 to 402` */
function rowText(seen: readonly Seen[]): string {
  const [newest] = seen
  if (!newest) return ''
  const { isAtLeast, ...point } = newest.point
  const text = `${isAtLeast ? '≥ ' : ''}${withRange(point)}`
  const values = seen.map((one) => one.point.value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return seen.length < 2 ? text : `${text}; ${figure(least)} to ${figure(most)}`
}

const withUnit = (point: Series['points'][number], unit: string) => ({ ...point, unit, warnings: [] })

/**
 * How far apart the runs lie for the scheme in which they differ most; a figure that a run does not tell from zero has
 * no ratio.
 */
function titleOf(runs: readonly Series[], what: string): string {
  if (runs.length < 2) return `${what}: one run so far`
  const schemes = [...new Set(runs.flatMap(({ points }) => points.map(({ scheme }) => scheme)))]
  const spreads = schemes.flatMap((scheme) => {
    const known = runs.flatMap(({ points }) => points.find((one) => one.scheme === scheme) ?? [])
    const values = known.flatMap(({ value, lo, isAtLeast }) => (lo > 0 && !isAtLeast ? [value] : []))
    return values.length > 1 ? [{ scheme, factor: Math.max(...values) / Math.min(...values) }] : []
  })
  const widest = spreads.sort((a, b) => b.factor - a.factor)[0]
  if (!widest) return `${what} in ${runs.length} runs`
  return `${what} in ${runs.length} runs: up to ${figure(widest.factor)} times apart (${widest.scheme})`
}
