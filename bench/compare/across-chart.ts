/** The same figure of each scheme in several runs: how far machines and runtimes agree. */
import { schemesOf, valueAxis } from '../words/charts/axes.ts'
import { dots, whiskers } from '../words/charts/marks.ts'
import { DOWNWARD, ink, PLUS } from '../words/charts/palette.ts'
import { inRows, legend } from '../words/charts/rows.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
import { figure } from '../words/format.ts'

export interface Series {
  /** Of the run. */
  name: string
  points: readonly { scheme: string; value: number; lo: number; hi: number; n: number }[]
}

/** Told apart by form first: colours belong to schemes. */
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', PLUS, DOWNWARD, 'emptyCircle'] as const
const SHADES = ['#222222', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#7f7f1e', '#56b4e9'] as const

/** Null where no run has a figure. */
export function acrossChart(
  runs: readonly Series[],
  { what, unit, note }: { what: string; unit: string; note: string },
): Drawing | null {
  const known = runs.filter(({ points }) => points.length > 0)
  const schemes = schemesOf(known.flatMap(({ points }) => points))
  if (schemes.length === 0) return null
  const rows = schemes.flatMap((scheme) => known.map((run) => ({ scheme, run })))
  const pointOf = ({ scheme, run }: (typeof rows)[number]) => run.points.find((one) => one.scheme === scheme)
  const top = 62 + 44 * Math.ceil(known.length / 3)
  const option = inRows({
    room: { left: 168, right: 40, top, bottom: 52 },
    x: valueAxis(`${what}, ${unit}`),
    // A row for each scheme and run, so that whiskers do not lie on each other; named once a scheme.
    names: rows.map(({ scheme }, i) => (i % known.length === 0 ? scheme : '')),
    axis: { axisLabel: { color: ink.text, fontSize: 12, interval: 0 } },
    series: [
      whiskers(rows.map((row) => withUnit(pointOf(row), unit))),
      ...known.map((run, i) => {
        const data = rows.flatMap((row, place) => {
          const point = row.run === run ? pointOf(row) : undefined
          return point ? [[point.value, place]] : []
        })
        const itemStyle = { color: SHADES[i % SHADES.length] ?? ink.text, opacity: 1 }
        const symbol = SYMBOLS[i % SYMBOLS.length] ?? 'circle'
        return dots(data, { name: run.name, symbol, symbolSize: 10, itemStyle })
      }),
    ],
  })
  const names = known.map(({ name }) => name)
  // Wide, since text comes out wider than it is taken to be without a browser; it parts rows as well.
  const gaps = { itemGap: 30, itemWidth: 12, itemHeight: 12 }
  return drawing(
    titleOf(known, what),
    [`each with its interval; ${note}`],
    { ...option, legend: legend({ data: names, left: 16, top: 60, ...gaps }) },
    top + 60 + Math.max(14 * rows.length, 22 * schemes.length),
  )
}

const withUnit = (point: Series['points'][number] | undefined, unit: string) =>
  point && { ...point, unit, warnings: [] }

/**
 * How far apart the runs lie for the scheme in which they differ most; a figure that a run does not tell from zero has
 * no ratio.
 */
function titleOf(runs: readonly Series[], what: string): string {
  if (runs.length < 2) return `${what}: one run so far`
  const schemes = [...new Set(runs.flatMap(({ points }) => points.map(({ scheme }) => scheme)))]
  const spreads = schemes.flatMap((scheme) => {
    const known = runs.flatMap(({ points }) => points.find((one) => one.scheme === scheme) ?? [])
    const values = known.flatMap(({ value, lo }) => (lo > 0 ? [value] : []))
    return values.length > 1 ? [{ scheme, factor: Math.max(...values) / Math.min(...values) }] : []
  })
  const widest = spreads.sort((a, b) => b.factor - a.factor)[0]
  if (!widest) return `${what} in ${runs.length} runs`
  return `${what} in ${runs.length} runs: up to ${figure(widest.factor)} times apart (${widest.scheme})`
}
